-- Move change_stamps with every change of what they are named after (ChangeStamp.cs). Executed at every start, so a
-- statement must do nothing when its object is there; a changed trigger needs a new name and a DROP of the old one.

CREATE TRIGGER IF NOT EXISTS "stamp_access_rules_added" AFTER INSERT ON "access_rules"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_access_rules_changed" AFTER UPDATE ON "access_rules"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_access_rules_deleted" AFTER DELETE ON "access_rules"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_control_roles_added" AFTER INSERT ON "control_roles"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_control_roles_changed" AFTER UPDATE ON "control_roles"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_control_roles_deleted" AFTER DELETE ON "control_roles"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_device_group_members_added" AFTER INSERT ON "device_group_members"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_device_group_members_deleted" AFTER DELETE ON "device_group_members"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_settings_added" AFTER INSERT ON "settings"
WHEN NEW."key" = 'access'
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_settings_changed" AFTER UPDATE ON "settings"
WHEN NEW."key" = 'access'
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_settings_deleted" AFTER DELETE ON "settings"
WHEN OLD."key" = 'access'
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_users_added" AFTER INSERT ON "users"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_users_changed" AFTER UPDATE OF "status", "is_admin", "user_group_guid", "control_role_guid", "name" ON "users"
WHEN OLD."status" IS NOT NEW."status"
    OR OLD."is_admin" IS NOT NEW."is_admin"
    OR OLD."user_group_guid" IS NOT NEW."user_group_guid"
    OR OLD."control_role_guid" IS NOT NEW."control_role_guid"
    OR OLD."name" IS NOT NEW."name"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_users_deleted" AFTER DELETE ON "users"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_users_disabled" AFTER UPDATE OF "status" ON "users"
WHEN OLD."status" IS NOT NEW."status"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('tokens', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_device_details_added" AFTER INSERT ON "device_details"
WHEN NEW."enabled" = 0 OR NEW."owner_guid" IS NOT NULL
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_device_details_changed" AFTER UPDATE OF "enabled", "owner_guid" ON "device_details"
WHEN OLD."enabled" IS NOT NEW."enabled" OR OLD."owner_guid" IS NOT NEW."owner_guid"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_device_details_deleted" AFTER DELETE ON "device_details"
WHEN OLD."enabled" = 0 OR OLD."owner_guid" IS NOT NULL
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_devices_renamed" AFTER UPDATE OF "id" ON "devices"
WHEN OLD."id" IS NOT NEW."id"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('access', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

CREATE TRIGGER IF NOT EXISTS "stamp_access_tokens_deleted" AFTER DELETE ON "access_tokens"
BEGIN
    INSERT INTO "change_stamps" ("name", "value") VALUES ('tokens', 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "value" + 1;
END;

-- Few devices are disabled; they are read as a whole.
