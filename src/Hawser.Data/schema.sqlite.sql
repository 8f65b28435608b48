CREATE TABLE "devices" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_devices" PRIMARY KEY,
    "id" TEXT NOT NULL,
    "uuid" BLOB NOT NULL,
    "public_key" BLOB NOT NULL,
    "last_address" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "last_seen_at" TEXT NULL,
    "note" TEXT NULL,
    "listed" INTEGER NOT NULL
);

CREATE TABLE "retired_ids" (
    "id" TEXT NOT NULL CONSTRAINT "pk_retired_ids" PRIMARY KEY,
    "uuid" BLOB NOT NULL,
    "device_guid" BLOB NOT NULL,
    "retired_at" TEXT NOT NULL
);

CREATE UNIQUE INDEX "ix_devices_id" ON "devices" ("id");
