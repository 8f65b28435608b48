-- Move change_stamps with every change of what they are named after (ChangeStamp.cs). Executed at every start, so a
-- statement must do nothing when its object is there; a changed trigger needs a new name and a DROP of the old one.

CREATE OR REPLACE FUNCTION hawser_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark text := 'hawser.stamped_' || TG_ARGV[0];
BEGIN
    -- Once a transaction; the mark goes with it.
    IF coalesce(current_setting(mark, true), '') = txid_current()::text THEN
        RETURN NULL;
    END IF;
    INSERT INTO change_stamps AS s ("name", "value") VALUES (TG_ARGV[0], 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = s."value" + 1;
    PERFORM set_config(mark, txid_current()::text, true);
    RETURN NULL;
END
$$;

-- Deferred: the stamp's row is locked at the end of a transaction only, so writers neither wait for each other nor
-- lock in different orders.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_access_rules_added' AND tgrelid = 'access_rules'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_access_rules_added" AFTER INSERT ON "access_rules"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_access_rules_changed' AND tgrelid = 'access_rules'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_access_rules_changed" AFTER UPDATE ON "access_rules"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_access_rules_deleted' AND tgrelid = 'access_rules'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_access_rules_deleted" AFTER DELETE ON "access_rules"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_control_roles_added' AND tgrelid = 'control_roles'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_control_roles_added" AFTER INSERT ON "control_roles"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_control_roles_changed' AND tgrelid = 'control_roles'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_control_roles_changed" AFTER UPDATE ON "control_roles"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_control_roles_deleted' AND tgrelid = 'control_roles'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_control_roles_deleted" AFTER DELETE ON "control_roles"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_device_group_members_added' AND tgrelid = 'device_group_members'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_device_group_members_added" AFTER INSERT ON "device_group_members"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_device_group_members_deleted' AND tgrelid = 'device_group_members'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_device_group_members_deleted" AFTER DELETE ON "device_group_members"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_settings_added' AND tgrelid = 'settings'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_settings_added" AFTER INSERT ON "settings"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW."key" = 'access')
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_settings_changed' AND tgrelid = 'settings'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_settings_changed" AFTER UPDATE ON "settings"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW."key" = 'access')
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_settings_deleted' AND tgrelid = 'settings'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_settings_deleted" AFTER DELETE ON "settings"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (OLD."key" = 'access')
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_users_added' AND tgrelid = 'users'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_users_added" AFTER INSERT ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_users_changed' AND tgrelid = 'users'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_users_changed" AFTER UPDATE OF "status", "is_admin", "user_group_guid", "control_role_guid", "name" ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (OLD."status" IS DISTINCT FROM NEW."status"
    OR OLD."is_admin" IS DISTINCT FROM NEW."is_admin"
    OR OLD."user_group_guid" IS DISTINCT FROM NEW."user_group_guid"
    OR OLD."control_role_guid" IS DISTINCT FROM NEW."control_role_guid"
    OR OLD."name" IS DISTINCT FROM NEW."name")
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_users_deleted' AND tgrelid = 'users'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_users_deleted" AFTER DELETE ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_users_disabled' AND tgrelid = 'users'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_users_disabled" AFTER UPDATE OF "status" ON "users"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (OLD."status" IS DISTINCT FROM NEW."status")
            EXECUTE FUNCTION hawser_stamp('tokens');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_device_details_added' AND tgrelid = 'device_details'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_device_details_added" AFTER INSERT ON "device_details"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NOT NEW."enabled" OR NEW."owner_guid" IS NOT NULL)
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_device_details_changed' AND tgrelid = 'device_details'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_device_details_changed" AFTER UPDATE OF "enabled", "owner_guid" ON "device_details"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (OLD."enabled" IS DISTINCT FROM NEW."enabled" OR OLD."owner_guid" IS DISTINCT FROM NEW."owner_guid")
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_device_details_deleted' AND tgrelid = 'device_details'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_device_details_deleted" AFTER DELETE ON "device_details"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NOT OLD."enabled" OR OLD."owner_guid" IS NOT NULL)
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_devices_renamed' AND tgrelid = 'devices'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_devices_renamed" AFTER UPDATE OF "id" ON "devices"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (OLD."id" IS DISTINCT FROM NEW."id")
            EXECUTE FUNCTION hawser_stamp('access');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'stamp_access_tokens_deleted' AND tgrelid = 'access_tokens'::regclass) THEN
        CREATE CONSTRAINT TRIGGER "stamp_access_tokens_deleted" AFTER DELETE ON "access_tokens"
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            EXECUTE FUNCTION hawser_stamp('tokens');
    END IF;
END
$$;

-- Few devices are disabled; they are read as a whole.
