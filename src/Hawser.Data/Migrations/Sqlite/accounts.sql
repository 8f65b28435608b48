CREATE TABLE "activity_samples" (
    "minutes" INTEGER NOT NULL,
    "at" TEXT NOT NULL,
    "metric" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "value" REAL NOT NULL,
    CONSTRAINT "pk_activity_samples" PRIMARY KEY ("minutes", "at", "metric", "source")
);


CREATE TABLE "address_books" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_address_books" PRIMARY KEY,
    "owner_guid" BLOB NOT NULL,
    "is_personal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "password" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "deleted_at" TEXT NULL
);


CREATE TABLE "admin_roles" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_admin_roles" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "kind" INTEGER NOT NULL,
    "rights" TEXT NOT NULL,
    "unassigned" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL
);


CREATE TABLE "alarm_mutes" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_alarm_mutes" PRIMARY KEY,
    "type" INTEGER NOT NULL,
    "device_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "until" TEXT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "audit_alarms" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_audit_alarms" PRIMARY KEY,
    "device_guid" BLOB NULL,
    "device_id" TEXT NOT NULL,
    "type" INTEGER NOT NULL,
    "info" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "conn_id" INTEGER NULL,
    "reference" TEXT NOT NULL,
    "user_guid" BLOB NULL,
    "created_at" TEXT NOT NULL,
    "state" INTEGER NOT NULL,
    "handled_by" TEXT NOT NULL,
    "handled_at" TEXT NULL,
    "assigned_to" TEXT NOT NULL,
    "note" TEXT NOT NULL
);


CREATE TABLE "audit_connections" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_audit_connections" PRIMARY KEY,
    "device_guid" BLOB NULL,
    "device_id" TEXT NOT NULL,
    "conn_id" INTEGER NOT NULL,
    "session_id" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "reported_from" TEXT NOT NULL,
    "peer_id" TEXT NOT NULL,
    "peer_name" TEXT NOT NULL,
    "type" INTEGER NULL,
    "primary_auth" INTEGER NOT NULL,
    "two_factor" INTEGER NOT NULL,
    "reference" TEXT NOT NULL,
    "is_relayed" INTEGER NULL,
    "relay" TEXT NOT NULL,
    "user_guid" BLOB NULL,
    "user_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "authorized_at" TEXT NULL,
    "ended_at" TEXT NULL,
    "missed_beats" INTEGER NOT NULL
);


CREATE TABLE "audit_console" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_audit_console" PRIMARY KEY,
    "operator_guid" BLOB NULL,
    "operator" TEXT NOT NULL,
    "area" INTEGER NOT NULL,
    "operation" INTEGER NOT NULL,
    "info" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "sequence" INTEGER NULL,
    "previous_hash" BLOB NULL,
    "hash" BLOB NULL
);


CREATE TABLE "audit_files" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_audit_files" PRIMARY KEY,
    "device_guid" BLOB NULL,
    "device_id" TEXT NOT NULL,
    "peer_id" TEXT NOT NULL,
    "peer_name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "conn_id" INTEGER NULL,
    "direction" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "is_file" INTEGER NOT NULL,
    "file_count" INTEGER NOT NULL,
    "files" TEXT NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "audit_nonces" (
    "nonce" TEXT NOT NULL CONSTRAINT "pk_audit_nonces" PRIMARY KEY,
    "at_utc" TEXT NOT NULL
);


CREATE TABLE "browser_sign_ins" (
    "code_hash" BLOB NOT NULL CONSTRAINT "pk_browser_sign_ins" PRIMARY KEY,
    "state_hash" BLOB NOT NULL,
    "provider" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "device_uuid" TEXT NOT NULL,
    "device_os" TEXT NOT NULL,
    "device_type" TEXT NOT NULL,
    "device_name" TEXT NOT NULL,
    "secrets" TEXT NOT NULL,
    "user_guid" BLOB NULL,
    "error" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL
);


CREATE TABLE "change_stamps" (
    "name" TEXT NOT NULL CONSTRAINT "pk_change_stamps" PRIMARY KEY,
    "value" INTEGER NOT NULL
);


CREATE TABLE "control_roles" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_control_roles" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "kind" INTEGER NOT NULL,
    "enabled" INTEGER NOT NULL,
    "permissions" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL
);


CREATE TABLE "deleted_devices" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_deleted_devices" PRIMARY KEY,
    "id" TEXT NULL,
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "deleted_at" TEXT NOT NULL,
    "deleted_by_guid" BLOB NOT NULL,
    "deleted_by" TEXT NOT NULL,
    "content" TEXT NOT NULL
);


CREATE TABLE "deleted_users" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_deleted_users" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "user_group" TEXT NOT NULL,
    "is_admin" INTEGER NOT NULL,
    "devices" INTEGER NOT NULL,
    "books" INTEGER NOT NULL,
    "deleted_at" TEXT NOT NULL,
    "deleted_by_guid" BLOB NOT NULL,
    "deleted_by" TEXT NOT NULL,
    "content" TEXT NOT NULL
);


CREATE TABLE "deployments" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_deployments" PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "uuid" BLOB NOT NULL,
    "public_key" BLOB NOT NULL,
    "user_guid" BLOB NOT NULL,
    "token_guid" BLOB NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "device_claims" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_device_claims" PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "uuid" BLOB NOT NULL,
    "public_key" BLOB NOT NULL,
    "address" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "first_seen_at" TEXT NOT NULL,
    "last_seen_at" TEXT NOT NULL,
    "state" INTEGER NOT NULL,
    "alarmed_at" TEXT NULL
);


CREATE TABLE "device_groups" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_device_groups" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "held_alarms" (
    "channel_guid" BLOB NOT NULL,
    "alarm_guid" BLOB NOT NULL,
    "due_at" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "pk_held_alarms" PRIMARY KEY ("channel_guid", "alarm_guid")
);


CREATE TABLE "introductions" (
    "reference" TEXT NOT NULL CONSTRAINT "pk_introductions" PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "user_guid" BLOB NULL,
    "user_name" TEXT NOT NULL,
    "operator_device_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "conn_type" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "rule_guid" BLOB NULL,
    "at_utc" TEXT NOT NULL
);


CREATE TABLE "job_leases" (
    "name" TEXT NOT NULL CONSTRAINT "pk_job_leases" PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL
);


CREATE TABLE "jobs" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_jobs" PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "state" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "request" TEXT NOT NULL,
    "failures" TEXT NOT NULL,
    "undo" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "user_guid" BLOB NOT NULL,
    "user_name" TEXT NOT NULL,
    "idempotency_key" TEXT NULL,
    "request_hash" BLOB NOT NULL,
    "cancel_asked" INTEGER NOT NULL,
    "undo_of" BLOB NULL,
    "created_at" TEXT NOT NULL,
    "started_at" TEXT NULL,
    "ended_at" TEXT NULL
);


CREATE TABLE "notification_channels" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_notification_channels" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "enabled" INTEGER NOT NULL,
    "types" TEXT NOT NULL,
    "events" TEXT NOT NULL,
    "events_at" TEXT NULL,
    "recipients" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "headers" TEXT NOT NULL,
    "allow_private" INTEGER NOT NULL,
    "quiet_from" INTEGER NULL,
    "quiet_until" INTEGER NULL,
    "digest" TEXT NOT NULL,
    "digest_at" INTEGER NOT NULL,
    "time_zone" TEXT NOT NULL,
    "critical_at_once" INTEGER NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL
);


CREATE TABLE "outbox" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_outbox" PRIMARY KEY,
    "channel" TEXT NOT NULL,
    "channel_guid" BLOB NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "urgent" INTEGER NOT NULL,
    "next_attempt_at" TEXT NOT NULL,
    "give_up_at" TEXT NOT NULL,
    "sent_at" TEXT NULL,
    "failed_at" TEXT NULL,
    "last_error" TEXT NOT NULL,
    "response_status" INTEGER NULL,
    "response" TEXT NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "recording_chunks" (
    "recording_guid" BLOB NOT NULL,
    "index" INTEGER NOT NULL,
    "seq" INTEGER NULL,
    "length" INTEGER NOT NULL,
    "hash" BLOB NULL,
    "stored_at" TEXT NOT NULL,
    CONSTRAINT "pk_recording_chunks" PRIMARY KEY ("recording_guid", "index")
);


CREATE TABLE "recording_copies" (
    "recording_guid" BLOB NOT NULL CONSTRAINT "pk_recording_copies" PRIMARY KEY,
    "status" INTEGER NOT NULL,
    "source_at" TEXT NOT NULL,
    "progress" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "asked_at" TEXT NOT NULL,
    "maker" TEXT NOT NULL,
    "maker_until" TEXT NULL
);


CREATE TABLE "recordings" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_recordings" PRIMARY KEY,
    "record_id" TEXT NOT NULL,
    "door" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "device_guid" BLOB NULL,
    "device_id" TEXT NOT NULL,
    "peer_id" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "codec" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "started_at" TEXT NULL,
    "size" INTEGER NOT NULL,
    "status" INTEGER NOT NULL,
    "incomplete" INTEGER NOT NULL,
    "stopped" INTEGER NOT NULL,
    "announced" INTEGER NULL,
    "chunks" INTEGER NOT NULL,
    "next_index" INTEGER NOT NULL,
    "active_at" TEXT NOT NULL,
    "stopped_at" TEXT NULL,
    "chunks_deleted_at" TEXT NULL,
    "mime_type" TEXT NOT NULL,
    "final_name" TEXT NOT NULL,
    "final_size" INTEGER NOT NULL,
    "file_hash" TEXT NOT NULL,
    "has_poster" INTEGER NOT NULL,
    "has_preview" INTEGER NOT NULL,
    "finisher" TEXT NOT NULL,
    "finisher_until" TEXT NULL,
    "attempts" INTEGER NOT NULL,
    "next_try_at" TEXT NULL,
    "progress" INTEGER NOT NULL,
    "reason_code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "owner_guid" BLOB NULL,
    "connection_guid" BLOB NULL,
    "duration_ms" INTEGER NULL,
    "title" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "held_at" TEXT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "finished_at" TEXT NULL
);


CREATE TABLE "server_nodes" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_server_nodes" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "parts" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "seen_at" TEXT NOT NULL,
    "devices" INTEGER NOT NULL,
    "cpu_percent" INTEGER NOT NULL,
    "memory" INTEGER NOT NULL,
    "drains_since" TEXT NULL
);


CREATE TABLE "settings" (
    "key" TEXT NOT NULL CONSTRAINT "pk_settings" PRIMARY KEY,
    "value" TEXT NOT NULL,
    "is_secret" INTEGER NOT NULL,
    "updated_at" TEXT NOT NULL
);


CREATE TABLE "strategies" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_strategies" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "enabled" INTEGER NOT NULL,
    "options" TEXT NOT NULL,
    "modified_at" TEXT NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "switch_grants" (
    "verifier" TEXT NOT NULL CONSTRAINT "pk_switch_grants" PRIMARY KEY,
    "device_id" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    "used_at" TEXT NULL
);


CREATE TABLE "user_groups" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_user_groups" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "is_default" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL
);


CREATE TABLE "address_book_entries" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_address_book_entries" PRIMARY KEY,
    "book_guid" BLOB NOT NULL,
    "id" TEXT NULL,
    "alias" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "password" TEXT NOT NULL,
    "force_always_relay" INTEGER NOT NULL,
    "rdp_port" TEXT NOT NULL,
    "rdp_username" TEXT NOT NULL,
    "login_name" TEXT NOT NULL,
    "device_group_name" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "deleted_at" TEXT NULL,
    "deleted_by" TEXT NOT NULL,
    CONSTRAINT "fk_address_book_entries_address_books_book_guid" FOREIGN KEY ("book_guid") REFERENCES "address_books" ("guid") ON DELETE CASCADE
);


CREATE TABLE "address_book_shares" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_address_book_shares" PRIMARY KEY,
    "book_guid" BLOB NOT NULL,
    "subject_kind" INTEGER NOT NULL,
    "subject_guid" BLOB NULL,
    "rule" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "fk_address_book_shares_address_books_book_guid" FOREIGN KEY ("book_guid") REFERENCES "address_books" ("guid") ON DELETE CASCADE
);


CREATE TABLE "address_book_tags" (
    "book_guid" BLOB NOT NULL,
    "name" TEXT NOT NULL,
    "color" INTEGER NOT NULL,
    CONSTRAINT "pk_address_book_tags" PRIMARY KEY ("book_guid", "name"),
    CONSTRAINT "fk_address_book_tags_address_books_book_guid" FOREIGN KEY ("book_guid") REFERENCES "address_books" ("guid") ON DELETE CASCADE
);


CREATE TABLE "access_rules" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_access_rules" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "subject_kind" INTEGER NOT NULL,
    "subject_guid" BLOB NULL,
    "target_kind" INTEGER NOT NULL,
    "target_guid" BLOB NULL,
    "schedule" TEXT NOT NULL,
    "control_role_guid" BLOB NULL,
    "enabled" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    CONSTRAINT "fk_access_rules_control_roles_control_role_guid" FOREIGN KEY ("control_role_guid") REFERENCES "control_roles" ("guid") ON DELETE SET NULL
);


CREATE TABLE "admin_role_device_groups" (
    "role_guid" BLOB NOT NULL,
    "group_guid" BLOB NOT NULL,
    CONSTRAINT "pk_admin_role_device_groups" PRIMARY KEY ("role_guid", "group_guid"),
    CONSTRAINT "fk_admin_role_device_groups_admin_roles_role_guid" FOREIGN KEY ("role_guid") REFERENCES "admin_roles" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_admin_role_device_groups_device_groups_group_guid" FOREIGN KEY ("group_guid") REFERENCES "device_groups" ("guid") ON DELETE CASCADE
);


CREATE TABLE "device_group_members" (
    "device_guid" BLOB NOT NULL,
    "group_guid" BLOB NOT NULL,
    "added_at" TEXT NOT NULL,
    CONSTRAINT "pk_device_group_members" PRIMARY KEY ("device_guid", "group_guid"),
    CONSTRAINT "fk_device_group_members_device_groups_group_guid" FOREIGN KEY ("group_guid") REFERENCES "device_groups" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_device_group_members_devices_device_guid" FOREIGN KEY ("device_guid") REFERENCES "devices" ("guid") ON DELETE CASCADE
);


CREATE TABLE "device_strategy_states" (
    "device_guid" BLOB NOT NULL CONSTRAINT "pk_device_strategy_states" PRIMARY KEY,
    "strategy_guid" BLOB NULL,
    "stamp" INTEGER NOT NULL,
    "options" TEXT NOT NULL,
    CONSTRAINT "fk_device_strategy_states_devices_device_guid" FOREIGN KEY ("device_guid") REFERENCES "devices" ("guid") ON DELETE CASCADE
);


CREATE TABLE "pending_commands" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_pending_commands" PRIMARY KEY,
    "device_guid" BLOB NOT NULL,
    "kind" INTEGER NOT NULL,
    "conn_id" INTEGER NOT NULL,
    "requested_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    CONSTRAINT "fk_pending_commands_devices_device_guid" FOREIGN KEY ("device_guid") REFERENCES "devices" ("guid") ON DELETE CASCADE
);


CREATE TABLE "strategy_assignments" (
    "target_kind" INTEGER NOT NULL,
    "target_guid" BLOB NOT NULL,
    "strategy_guid" BLOB NOT NULL,
    "assigned_at" TEXT NOT NULL,
    CONSTRAINT "pk_strategy_assignments" PRIMARY KEY ("target_kind", "target_guid"),
    CONSTRAINT "fk_strategy_assignments_strategies_strategy_guid" FOREIGN KEY ("strategy_guid") REFERENCES "strategies" ("guid") ON DELETE CASCADE
);


CREATE TABLE "strategy_rollouts" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_strategy_rollouts" PRIMARY KEY,
    "strategy_guid" BLOB NOT NULL,
    "options" TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "rings" TEXT NOT NULL,
    "ring" INTEGER NOT NULL,
    "state" INTEGER NOT NULL,
    "lost_percent" INTEGER NOT NULL,
    "watch_minutes" INTEGER NOT NULL,
    "goes_on" INTEGER NOT NULL,
    "note" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "ring_at" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "ended_at" TEXT NULL,
    "ended_by" TEXT NOT NULL,
    CONSTRAINT "fk_strategy_rollouts_strategies_strategy_guid" FOREIGN KEY ("strategy_guid") REFERENCES "strategies" ("guid") ON DELETE CASCADE
);


CREATE TABLE "strategy_versions" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_strategy_versions" PRIMARY KEY,
    "strategy_guid" BLOB NOT NULL,
    "options" TEXT NOT NULL,
    "changed_at" TEXT NOT NULL,
    "changed_by" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    CONSTRAINT "fk_strategy_versions_strategies_strategy_guid" FOREIGN KEY ("strategy_guid") REFERENCES "strategies" ("guid") ON DELETE CASCADE
);


CREATE TABLE "admin_role_user_groups" (
    "role_guid" BLOB NOT NULL,
    "group_guid" BLOB NOT NULL,
    CONSTRAINT "pk_admin_role_user_groups" PRIMARY KEY ("role_guid", "group_guid"),
    CONSTRAINT "fk_admin_role_user_groups_admin_roles_role_guid" FOREIGN KEY ("role_guid") REFERENCES "admin_roles" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_admin_role_user_groups_user_groups_group_guid" FOREIGN KEY ("group_guid") REFERENCES "user_groups" ("guid") ON DELETE CASCADE
);


CREATE TABLE "users" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_users" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "normalized_email" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "avatar" TEXT NOT NULL,
    "preferences" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "is_admin" INTEGER NOT NULL,
    "password_hash" TEXT NULL,
    "security_stamp" TEXT NOT NULL,
    "concurrency_stamp" TEXT NOT NULL,
    "user_group_guid" BLOB NOT NULL,
    "control_role_guid" BLOB NULL,
    "totp_secret" TEXT NULL,
    "totp_enabled" INTEGER NOT NULL,
    "totp_since" TEXT NULL,
    "totp_enforced" INTEGER NOT NULL,
    "totp_last_step" INTEGER NOT NULL,
    "recovery_codes" TEXT NOT NULL,
    "email_login" INTEGER NOT NULL,
    "sms_login" INTEGER NOT NULL,
    "email_alarms" INTEGER NOT NULL,
    "access_failed_count" INTEGER NOT NULL,
    "lockout_end" TEXT NULL,
    "origin" TEXT NOT NULL,
    "awaits_approval" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "last_login_at" TEXT NULL,
    CONSTRAINT "fk_users_control_roles_control_role_guid" FOREIGN KEY ("control_role_guid") REFERENCES "control_roles" ("guid") ON DELETE SET NULL,
    CONSTRAINT "fk_users_user_groups_user_group_guid" FOREIGN KEY ("user_group_guid") REFERENCES "user_groups" ("guid") ON DELETE RESTRICT
);


CREATE TABLE "strategy_rollout_devices" (
    "rollout_guid" BLOB NOT NULL,
    "device_guid" BLOB NOT NULL,
    "ring" INTEGER NOT NULL,
    "stamp" INTEGER NOT NULL,
    "told_at" TEXT NULL,
    "watched_until" TEXT NULL,
    "seen_at" TEXT NULL,
    "delivered_at" TEXT NULL,
    CONSTRAINT "pk_strategy_rollout_devices" PRIMARY KEY ("rollout_guid", "device_guid"),
    CONSTRAINT "fk_strategy_rollout_devices_devices_device_guid" FOREIGN KEY ("device_guid") REFERENCES "devices" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_strategy_rollout_devices_strategy_rollouts_rollout_guid" FOREIGN KEY ("rollout_guid") REFERENCES "strategy_rollouts" ("guid") ON DELETE CASCADE
);


CREATE TABLE "access_tokens" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_access_tokens" PRIMARY KEY,
    "kind" INTEGER NOT NULL,
    "user_guid" BLOB NOT NULL,
    "hash" BLOB NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT NOT NULL,
    "device_id" TEXT NOT NULL,
    "device_uuid" TEXT NOT NULL,
    "device_os" TEXT NOT NULL,
    "device_type" TEXT NOT NULL,
    "device_name" TEXT NOT NULL,
    "allowed_from" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NULL,
    "last_used_at" TEXT NULL,
    "last_address" TEXT NOT NULL,
    CONSTRAINT "fk_access_tokens_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "admin_role_holders" (
    "role_guid" BLOB NOT NULL,
    "user_guid" BLOB NOT NULL,
    "source" TEXT NOT NULL,
    CONSTRAINT "pk_admin_role_holders" PRIMARY KEY ("role_guid", "user_guid"),
    CONSTRAINT "fk_admin_role_holders_admin_roles_role_guid" FOREIGN KEY ("role_guid") REFERENCES "admin_roles" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_admin_role_holders_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "device_details" (
    "device_guid" BLOB NOT NULL CONSTRAINT "pk_device_details" PRIMARY KEY,
    "owner_guid" BLOB NULL,
    "enabled" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "cpu" TEXT NOT NULL,
    "memory" TEXT NOT NULL,
    "os" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "name_override" TEXT NOT NULL,
    "username_override" TEXT NOT NULL,
    "presets_hash" TEXT NOT NULL,
    "sysinfo_at" TEXT NULL,
    "sysinfo_refused_at" TEXT NULL,
    "kept_at" TEXT NULL,
    CONSTRAINT "fk_device_details_devices_device_guid" FOREIGN KEY ("device_guid") REFERENCES "devices" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_device_details_users_owner_guid" FOREIGN KEY ("owner_guid") REFERENCES "users" ("guid") ON DELETE SET NULL
);


CREATE TABLE "external_logins" (
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_guid" BLOB NOT NULL,
    "created_at" TEXT NOT NULL,
    "last_used_at" TEXT NULL,
    "vanished_at" TEXT NULL,
    CONSTRAINT "pk_external_logins" PRIMARY KEY ("provider", "subject"),
    CONSTRAINT "fk_external_logins_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "login_challenges" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_login_challenges" PRIMARY KEY,
    "secret_hash" BLOB NOT NULL,
    "user_guid" BLOB NOT NULL,
    "kind" INTEGER NOT NULL,
    "code_hash" BLOB NOT NULL,
    "device_id" TEXT NOT NULL,
    "device_uuid" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    CONSTRAINT "fk_login_challenges_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "passkeys" (
    "credential_id" BLOB NOT NULL CONSTRAINT "pk_passkeys" PRIMARY KEY,
    "user_guid" BLOB NOT NULL,
    "name" TEXT NOT NULL,
    "data" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "last_used_at" TEXT NULL,
    CONSTRAINT "fk_passkeys_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "saved_views" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_saved_views" PRIMARY KEY,
    "user_guid" BLOB NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "normalized_name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "columns" TEXT NOT NULL,
    "shared" INTEGER NOT NULL,
    "updated_at" TEXT NOT NULL,
    CONSTRAINT "fk_saved_views_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "seen_places" (
    "user_guid" BLOB NOT NULL,
    "network" TEXT NOT NULL,
    "seen_at" TEXT NOT NULL,
    CONSTRAINT "pk_seen_places" PRIMARY KEY ("user_guid", "network"),
    CONSTRAINT "fk_seen_places_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "trusted_devices" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_trusted_devices" PRIMARY KEY,
    "user_guid" BLOB NOT NULL,
    "device_id" TEXT NOT NULL,
    "device_uuid" TEXT NOT NULL,
    "os" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    CONSTRAINT "fk_trusted_devices_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE TABLE "deploy_presets" (
    "token_guid" BLOB NOT NULL CONSTRAINT "pk_deploy_presets" PRIMARY KEY,
    "owner_guid" BLOB NULL,
    "group_guid" BLOB NULL,
    "strategy_guid" BLOB NULL,
    "book_guid" BLOB NULL,
    "tag" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "maximum_uses" INTEGER NOT NULL,
    "uses" INTEGER NOT NULL,
    CONSTRAINT "fk_deploy_presets_access_tokens_token_guid" FOREIGN KEY ("token_guid") REFERENCES "access_tokens" ("guid") ON DELETE CASCADE
);


CREATE TABLE "viewer_tickets" (
    "guid" BLOB NOT NULL CONSTRAINT "pk_viewer_tickets" PRIMARY KEY,
    "hash" BLOB NOT NULL,
    "user_guid" BLOB NOT NULL,
    "session_guid" BLOB NOT NULL,
    "device_id" TEXT NOT NULL,
    "conn_type" INTEGER NOT NULL,
    "view_only" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "expires_at" TEXT NOT NULL,
    "used_at" TEXT NULL,
    CONSTRAINT "fk_viewer_tickets_access_tokens_session_guid" FOREIGN KEY ("session_guid") REFERENCES "access_tokens" ("guid") ON DELETE CASCADE,
    CONSTRAINT "fk_viewer_tickets_users_user_guid" FOREIGN KEY ("user_guid") REFERENCES "users" ("guid") ON DELETE CASCADE
);


CREATE INDEX "ix_access_rules_control_role_guid" ON "access_rules" ("control_role_guid");


CREATE INDEX "ix_access_rules_subject_kind_subject_guid" ON "access_rules" ("subject_kind", "subject_guid");


CREATE INDEX "ix_access_rules_target_kind_target_guid" ON "access_rules" ("target_kind", "target_guid");


CREATE UNIQUE INDEX "ix_access_tokens_hash" ON "access_tokens" ("hash");


CREATE INDEX "ix_access_tokens_user_guid" ON "access_tokens" ("user_guid");


CREATE INDEX "ix_address_book_entries_book_guid_deleted_at" ON "address_book_entries" ("book_guid", "deleted_at");


CREATE UNIQUE INDEX "ix_address_book_entries_book_guid_id" ON "address_book_entries" ("book_guid", "id") WHERE deleted_at IS NULL;


CREATE INDEX "ix_address_book_shares_book_guid" ON "address_book_shares" ("book_guid");


CREATE INDEX "ix_address_book_shares_subject_kind_subject_guid" ON "address_book_shares" ("subject_kind", "subject_guid");


CREATE INDEX "ix_address_books_owner_guid" ON "address_books" ("owner_guid");


CREATE UNIQUE INDEX "ix_address_books_personal" ON "address_books" ("owner_guid") WHERE is_personal;


CREATE UNIQUE INDEX "ix_address_books_shared_name" ON "address_books" ("normalized_name") WHERE NOT is_personal AND deleted_at IS NULL;


CREATE INDEX "ix_admin_role_device_groups_group_guid" ON "admin_role_device_groups" ("group_guid");


CREATE INDEX "ix_admin_role_holders_user_guid" ON "admin_role_holders" ("user_guid");


CREATE INDEX "ix_admin_role_user_groups_group_guid" ON "admin_role_user_groups" ("group_guid");


CREATE UNIQUE INDEX "ix_admin_roles_normalized_name" ON "admin_roles" ("normalized_name");


CREATE INDEX "ix_alarm_mutes_type_device_id" ON "alarm_mutes" ("type", "device_id");


CREATE INDEX "ix_audit_alarms_created_at" ON "audit_alarms" ("created_at");


CREATE INDEX "ix_audit_alarms_device_id" ON "audit_alarms" ("device_id");


CREATE INDEX "ix_audit_connections_created_at" ON "audit_connections" ("created_at");


CREATE INDEX "ix_audit_connections_device_guid_conn_id" ON "audit_connections" ("device_guid", "conn_id");


CREATE INDEX "ix_audit_connections_device_id_session_id" ON "audit_connections" ("device_id", "session_id");


CREATE INDEX "ix_audit_connections_ended_at" ON "audit_connections" ("ended_at");


CREATE INDEX "ix_audit_connections_user_guid" ON "audit_connections" ("user_guid");


CREATE INDEX "ix_audit_console_created_at" ON "audit_console" ("created_at");


CREATE INDEX "ix_audit_console_operator" ON "audit_console" ("operator");


CREATE UNIQUE INDEX "ix_audit_console_sequence" ON "audit_console" ("sequence");


CREATE INDEX "ix_audit_console_unsealed" ON "audit_console" ("created_at") WHERE sequence IS NULL;


CREATE INDEX "ix_audit_files_created_at" ON "audit_files" ("created_at");


CREATE INDEX "ix_audit_files_device_id" ON "audit_files" ("device_id");


CREATE INDEX "ix_audit_nonces_at_utc" ON "audit_nonces" ("at_utc");


CREATE INDEX "ix_browser_sign_ins_expires_at" ON "browser_sign_ins" ("expires_at");


CREATE UNIQUE INDEX "ix_browser_sign_ins_state_hash" ON "browser_sign_ins" ("state_hash");


CREATE UNIQUE INDEX "ix_control_roles_normalized_name" ON "control_roles" ("normalized_name");


CREATE INDEX "ix_deleted_devices_deleted_at" ON "deleted_devices" ("deleted_at");


CREATE INDEX "ix_deleted_users_deleted_at" ON "deleted_users" ("deleted_at");


CREATE INDEX "ix_deployments_device_id" ON "deployments" ("device_id");


CREATE INDEX "ix_device_claims_device_id" ON "device_claims" ("device_id");


CREATE INDEX "ix_device_claims_last_seen_at" ON "device_claims" ("last_seen_at");


CREATE INDEX "ix_device_details_disabled" ON "device_details" ("device_guid") WHERE NOT enabled;


CREATE INDEX "ix_device_details_owner_guid" ON "device_details" ("owner_guid");


CREATE INDEX "ix_device_group_members_group_guid" ON "device_group_members" ("group_guid");


CREATE UNIQUE INDEX "ix_device_groups_normalized_name" ON "device_groups" ("normalized_name");


CREATE INDEX "ix_devices_created_at" ON "devices" ("created_at");


CREATE INDEX "ix_external_logins_user_guid" ON "external_logins" ("user_guid");


CREATE INDEX "ix_held_alarms_due_at" ON "held_alarms" ("due_at");


CREATE INDEX "ix_introductions_at_utc" ON "introductions" ("at_utc");


CREATE INDEX "ix_introductions_reason_at_utc" ON "introductions" ("reason", "at_utc");


CREATE INDEX "ix_introductions_rule_guid_at_utc" ON "introductions" ("rule_guid", "at_utc");


CREATE INDEX "ix_jobs_created_at" ON "jobs" ("created_at");


CREATE INDEX "ix_jobs_state" ON "jobs" ("state");


CREATE UNIQUE INDEX "ix_jobs_user_guid_idempotency_key" ON "jobs" ("user_guid", "idempotency_key");


CREATE INDEX "ix_login_challenges_expires_at" ON "login_challenges" ("expires_at");


CREATE UNIQUE INDEX "ix_login_challenges_secret_hash" ON "login_challenges" ("secret_hash");


CREATE INDEX "ix_login_challenges_user_guid" ON "login_challenges" ("user_guid");


CREATE INDEX "ix_outbox_channel_guid_created_at" ON "outbox" ("channel_guid", "created_at");


CREATE INDEX "ix_outbox_next_attempt_at" ON "outbox" ("next_attempt_at");


CREATE INDEX "ix_passkeys_user_guid" ON "passkeys" ("user_guid");


CREATE INDEX "ix_pending_commands_device_guid" ON "pending_commands" ("device_guid");


CREATE UNIQUE INDEX "ix_recording_chunks_recording_guid_seq" ON "recording_chunks" ("recording_guid", "seq");


CREATE INDEX "ix_recording_copies_status_asked_at" ON "recording_copies" ("status", "asked_at");


CREATE INDEX "ix_recordings_created_at" ON "recordings" ("created_at");


CREATE INDEX "ix_recordings_device_id_created_at" ON "recordings" ("device_id", "created_at");


CREATE INDEX "ix_recordings_owner_created_at" ON "recordings" ("owner", "created_at");


CREATE UNIQUE INDEX "ix_recordings_record_id" ON "recordings" ("record_id");


CREATE INDEX "ix_recordings_status" ON "recordings" ("status");


CREATE INDEX "ix_retired_ids_device_guid" ON "retired_ids" ("device_guid");


CREATE INDEX "ix_saved_views_page_shared" ON "saved_views" ("page", "shared");


CREATE UNIQUE INDEX "ix_saved_views_user_guid_page_normalized_name" ON "saved_views" ("user_guid", "page", "normalized_name");


CREATE UNIQUE INDEX "ix_strategies_normalized_name" ON "strategies" ("normalized_name");


CREATE INDEX "ix_strategy_assignments_strategy_guid" ON "strategy_assignments" ("strategy_guid");


CREATE INDEX "ix_strategy_rollout_devices_device_guid" ON "strategy_rollout_devices" ("device_guid");


CREATE INDEX "ix_strategy_rollouts_ended_at" ON "strategy_rollouts" ("ended_at");


CREATE INDEX "ix_strategy_rollouts_strategy_guid" ON "strategy_rollouts" ("strategy_guid");


CREATE INDEX "ix_strategy_versions_strategy_guid_changed_at" ON "strategy_versions" ("strategy_guid", "changed_at");


CREATE INDEX "ix_switch_grants_expires_at" ON "switch_grants" ("expires_at");


CREATE UNIQUE INDEX "ix_trusted_devices_user_guid_device_uuid" ON "trusted_devices" ("user_guid", "device_uuid");


CREATE UNIQUE INDEX "ix_user_groups_normalized_name" ON "user_groups" ("normalized_name");


CREATE INDEX "ix_users_control_role_guid" ON "users" ("control_role_guid");


CREATE INDEX "ix_users_normalized_email" ON "users" ("normalized_email");


CREATE UNIQUE INDEX "ix_users_normalized_name" ON "users" ("normalized_name");


CREATE INDEX "ix_users_user_group_guid" ON "users" ("user_group_guid");


CREATE INDEX "ix_viewer_tickets_expires_at" ON "viewer_tickets" ("expires_at");


CREATE UNIQUE INDEX "ix_viewer_tickets_hash" ON "viewer_tickets" ("hash");


CREATE INDEX "ix_viewer_tickets_session_guid" ON "viewer_tickets" ("session_guid");


CREATE INDEX "ix_viewer_tickets_user_guid_created_at" ON "viewer_tickets" ("user_guid", "created_at");
