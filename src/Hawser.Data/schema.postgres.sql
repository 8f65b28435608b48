CREATE TABLE activity_samples (
    minutes integer NOT NULL,
    at timestamp with time zone NOT NULL,
    metric integer NOT NULL,
    source text COLLATE "C" NOT NULL,
    value double precision NOT NULL,
    CONSTRAINT pk_activity_samples PRIMARY KEY (minutes, at, metric, source)
);


CREATE TABLE address_books (
    guid uuid NOT NULL,
    owner_guid uuid NOT NULL,
    is_personal boolean NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    password text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT pk_address_books PRIMARY KEY (guid)
);


CREATE TABLE admin_roles (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    kind integer NOT NULL,
    rights text COLLATE "C" NOT NULL,
    unassigned boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_admin_roles PRIMARY KEY (guid)
);


CREATE TABLE alarm_mutes (
    guid uuid NOT NULL,
    type integer NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    until timestamp with time zone,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_alarm_mutes PRIMARY KEY (guid)
);


CREATE TABLE audit_alarms (
    guid uuid NOT NULL,
    device_guid uuid,
    device_id text COLLATE "C" NOT NULL,
    type integer NOT NULL,
    info text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    conn_id integer,
    reference text COLLATE "C" NOT NULL,
    user_guid uuid,
    created_at timestamp with time zone NOT NULL,
    state integer NOT NULL,
    handled_by text COLLATE "C" NOT NULL,
    handled_at timestamp with time zone,
    assigned_to text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    CONSTRAINT pk_audit_alarms PRIMARY KEY (guid)
);


CREATE TABLE audit_connections (
    guid uuid NOT NULL,
    device_guid uuid,
    device_id text COLLATE "C" NOT NULL,
    conn_id integer NOT NULL,
    session_id bigint NOT NULL,
    address text COLLATE "C" NOT NULL,
    reported_from text COLLATE "C" NOT NULL,
    peer_id text COLLATE "C" NOT NULL,
    peer_name text COLLATE "C" NOT NULL,
    type integer,
    primary_auth integer NOT NULL,
    two_factor integer NOT NULL,
    reference text COLLATE "C" NOT NULL,
    is_relayed boolean,
    relay text COLLATE "C" NOT NULL,
    user_guid uuid,
    user_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    authorized_at timestamp with time zone,
    ended_at timestamp with time zone,
    missed_beats integer NOT NULL,
    CONSTRAINT pk_audit_connections PRIMARY KEY (guid)
);


CREATE TABLE audit_console (
    guid uuid NOT NULL,
    operator_guid uuid,
    operator text COLLATE "C" NOT NULL,
    area integer NOT NULL,
    operation integer NOT NULL,
    info text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sequence bigint,
    previous_hash bytea,
    hash bytea,
    CONSTRAINT pk_audit_console PRIMARY KEY (guid)
);


CREATE TABLE audit_files (
    guid uuid NOT NULL,
    device_guid uuid,
    device_id text COLLATE "C" NOT NULL,
    peer_id text COLLATE "C" NOT NULL,
    peer_name text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    conn_id integer,
    direction integer NOT NULL,
    path text COLLATE "C" NOT NULL,
    is_file boolean NOT NULL,
    file_count integer NOT NULL,
    files text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_audit_files PRIMARY KEY (guid)
);


CREATE TABLE audit_nonces (
    nonce text COLLATE "C" NOT NULL,
    at_utc timestamp with time zone NOT NULL,
    CONSTRAINT pk_audit_nonces PRIMARY KEY (nonce)
);


CREATE TABLE browser_sign_ins (
    code_hash bytea NOT NULL,
    state_hash bytea NOT NULL,
    provider text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    device_uuid text COLLATE "C" NOT NULL,
    device_os text COLLATE "C" NOT NULL,
    device_type text COLLATE "C" NOT NULL,
    device_name text COLLATE "C" NOT NULL,
    secrets text COLLATE "C" NOT NULL,
    user_guid uuid,
    error text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_browser_sign_ins PRIMARY KEY (code_hash)
);


CREATE TABLE change_stamps (
    name text COLLATE "C" NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT pk_change_stamps PRIMARY KEY (name)
);


CREATE TABLE control_roles (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    kind integer NOT NULL,
    enabled boolean NOT NULL,
    permissions bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_control_roles PRIMARY KEY (guid)
);


CREATE TABLE deleted_devices (
    guid uuid NOT NULL,
    id text COLLATE "C",
    name text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    deleted_at timestamp with time zone NOT NULL,
    deleted_by_guid uuid NOT NULL,
    deleted_by text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    CONSTRAINT pk_deleted_devices PRIMARY KEY (guid)
);


CREATE TABLE deleted_users (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    display_name text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL,
    user_group text COLLATE "C" NOT NULL,
    is_admin boolean NOT NULL,
    devices integer NOT NULL,
    books integer NOT NULL,
    deleted_at timestamp with time zone NOT NULL,
    deleted_by_guid uuid NOT NULL,
    deleted_by text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    CONSTRAINT pk_deleted_users PRIMARY KEY (guid)
);


CREATE TABLE deployments (
    guid uuid NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    uuid bytea NOT NULL,
    public_key bytea NOT NULL,
    user_guid uuid NOT NULL,
    token_guid uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_deployments PRIMARY KEY (guid)
);


CREATE TABLE device_claims (
    guid uuid NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    uuid bytea NOT NULL,
    public_key bytea NOT NULL,
    address text COLLATE "C" NOT NULL,
    hostname text COLLATE "C" NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    state integer NOT NULL,
    alarmed_at timestamp with time zone,
    CONSTRAINT pk_device_claims PRIMARY KEY (guid)
);


CREATE TABLE device_groups (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    rank integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_device_groups PRIMARY KEY (guid)
);


CREATE TABLE devices (
    guid uuid NOT NULL,
    id text COLLATE "C" NOT NULL,
    uuid bytea NOT NULL,
    public_key bytea NOT NULL,
    last_address text COLLATE "C",
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone,
    note text COLLATE "C",
    listed boolean NOT NULL,
    CONSTRAINT pk_devices PRIMARY KEY (guid)
);


CREATE TABLE held_alarms (
    channel_guid uuid NOT NULL,
    alarm_guid uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_held_alarms PRIMARY KEY (channel_guid, alarm_guid)
);


CREATE TABLE introductions (
    reference text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    user_guid uuid,
    user_name text COLLATE "C" NOT NULL,
    operator_device_id text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    conn_type integer NOT NULL,
    reason text COLLATE "C" NOT NULL,
    rule_guid uuid,
    at_utc timestamp with time zone NOT NULL,
    CONSTRAINT pk_introductions PRIMARY KEY (reference)
);


CREATE TABLE job_leases (
    name text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_job_leases PRIMARY KEY (name)
);


CREATE TABLE jobs (
    guid uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    failed integer NOT NULL,
    request text COLLATE "C" NOT NULL,
    failures text COLLATE "C" NOT NULL,
    undo text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    error text COLLATE "C" NOT NULL,
    user_guid uuid NOT NULL,
    user_name text COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C",
    request_hash bytea NOT NULL,
    cancel_asked boolean NOT NULL,
    undo_of uuid,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT pk_jobs PRIMARY KEY (guid)
);


CREATE TABLE notification_channels (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    types text COLLATE "C" NOT NULL,
    events text COLLATE "C" NOT NULL,
    events_at timestamp with time zone,
    recipients text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    secret text COLLATE "C" NOT NULL,
    headers text COLLATE "C" NOT NULL,
    allow_private boolean NOT NULL,
    quiet_from integer,
    quiet_until integer,
    digest text COLLATE "C" NOT NULL,
    digest_at integer NOT NULL,
    time_zone text COLLATE "C" NOT NULL,
    critical_at_once boolean NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_notification_channels PRIMARY KEY (guid)
);


CREATE TABLE outbox (
    guid uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    channel_guid uuid,
    recipient text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    urgent boolean NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    give_up_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    failed_at timestamp with time zone,
    last_error text COLLATE "C" NOT NULL,
    response_status integer,
    response text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (guid)
);


CREATE TABLE recording_chunks (
    recording_guid uuid NOT NULL,
    index integer NOT NULL,
    seq bigint,
    length bigint NOT NULL,
    hash bytea,
    stored_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_recording_chunks PRIMARY KEY (recording_guid, index)
);


CREATE TABLE recording_copies (
    recording_guid uuid NOT NULL,
    status integer NOT NULL,
    source_at timestamp with time zone NOT NULL,
    progress integer NOT NULL,
    size bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    maker text COLLATE "C" NOT NULL,
    maker_until timestamp with time zone,
    CONSTRAINT pk_recording_copies PRIMARY KEY (recording_guid)
);


CREATE TABLE recordings (
    guid uuid NOT NULL,
    record_id text COLLATE "C" NOT NULL,
    door integer NOT NULL,
    owner text COLLATE "C" NOT NULL,
    device_guid uuid,
    device_id text COLLATE "C" NOT NULL,
    peer_id text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL,
    codec text COLLATE "C" NOT NULL,
    display text COLLATE "C" NOT NULL,
    started_at timestamp with time zone,
    size bigint NOT NULL,
    status integer NOT NULL,
    incomplete boolean NOT NULL,
    stopped boolean NOT NULL,
    announced integer,
    chunks integer NOT NULL,
    next_index integer NOT NULL,
    active_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    chunks_deleted_at timestamp with time zone,
    mime_type text COLLATE "C" NOT NULL,
    final_name text COLLATE "C" NOT NULL,
    final_size bigint NOT NULL,
    file_hash text COLLATE "C" NOT NULL,
    has_poster boolean NOT NULL,
    has_preview boolean NOT NULL,
    finisher text COLLATE "C" NOT NULL,
    finisher_until timestamp with time zone,
    attempts integer NOT NULL,
    next_try_at timestamp with time zone,
    progress integer NOT NULL,
    reason_code text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    owner_guid uuid,
    connection_guid uuid,
    duration_ms bigint,
    title text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    held_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT pk_recordings PRIMARY KEY (guid)
);


CREATE TABLE retired_ids (
    id text COLLATE "C" NOT NULL,
    uuid bytea NOT NULL,
    device_guid uuid NOT NULL,
    retired_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_retired_ids PRIMARY KEY (id)
);


CREATE TABLE server_nodes (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    parts text COLLATE "C" NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    devices integer NOT NULL,
    cpu_percent integer NOT NULL,
    memory bigint NOT NULL,
    drains_since timestamp with time zone,
    CONSTRAINT pk_server_nodes PRIMARY KEY (guid)
);


CREATE TABLE settings (
    key text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    is_secret boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY (key)
);


CREATE TABLE strategies (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    options text COLLATE "C" NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_strategies PRIMARY KEY (guid)
);


CREATE TABLE switch_grants (
    verifier text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT pk_switch_grants PRIMARY KEY (verifier)
);


CREATE TABLE user_groups (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    is_default boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_user_groups PRIMARY KEY (guid)
);


CREATE TABLE address_book_entries (
    guid uuid NOT NULL,
    book_guid uuid NOT NULL,
    id text COLLATE "C",
    alias text COLLATE "C" NOT NULL,
    username text COLLATE "C" NOT NULL,
    hostname text COLLATE "C" NOT NULL,
    platform text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    tags text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    password text COLLATE "C" NOT NULL,
    force_always_relay boolean NOT NULL,
    rdp_port text COLLATE "C" NOT NULL,
    rdp_username text COLLATE "C" NOT NULL,
    login_name text COLLATE "C" NOT NULL,
    device_group_name text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by text COLLATE "C" NOT NULL,
    CONSTRAINT pk_address_book_entries PRIMARY KEY (guid),
    CONSTRAINT fk_address_book_entries_address_books_book_guid FOREIGN KEY (book_guid) REFERENCES address_books (guid) ON DELETE CASCADE
);


CREATE TABLE address_book_shares (
    guid uuid NOT NULL,
    book_guid uuid NOT NULL,
    subject_kind integer NOT NULL,
    subject_guid uuid,
    rule integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_address_book_shares PRIMARY KEY (guid),
    CONSTRAINT fk_address_book_shares_address_books_book_guid FOREIGN KEY (book_guid) REFERENCES address_books (guid) ON DELETE CASCADE
);


CREATE TABLE address_book_tags (
    book_guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    color bigint NOT NULL,
    CONSTRAINT pk_address_book_tags PRIMARY KEY (book_guid, name),
    CONSTRAINT fk_address_book_tags_address_books_book_guid FOREIGN KEY (book_guid) REFERENCES address_books (guid) ON DELETE CASCADE
);


CREATE TABLE access_rules (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    subject_kind integer NOT NULL,
    subject_guid uuid,
    target_kind integer NOT NULL,
    target_guid uuid,
    schedule text COLLATE "C" NOT NULL,
    control_role_guid uuid,
    enabled boolean NOT NULL,
    note text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_access_rules PRIMARY KEY (guid),
    CONSTRAINT fk_access_rules_control_roles_control_role_guid FOREIGN KEY (control_role_guid) REFERENCES control_roles (guid) ON DELETE SET NULL
);


CREATE TABLE admin_role_device_groups (
    role_guid uuid NOT NULL,
    group_guid uuid NOT NULL,
    CONSTRAINT pk_admin_role_device_groups PRIMARY KEY (role_guid, group_guid),
    CONSTRAINT fk_admin_role_device_groups_admin_roles_role_guid FOREIGN KEY (role_guid) REFERENCES admin_roles (guid) ON DELETE CASCADE,
    CONSTRAINT fk_admin_role_device_groups_device_groups_group_guid FOREIGN KEY (group_guid) REFERENCES device_groups (guid) ON DELETE CASCADE
);


CREATE TABLE device_group_members (
    device_guid uuid NOT NULL,
    group_guid uuid NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_device_group_members PRIMARY KEY (device_guid, group_guid),
    CONSTRAINT fk_device_group_members_device_groups_group_guid FOREIGN KEY (group_guid) REFERENCES device_groups (guid) ON DELETE CASCADE,
    CONSTRAINT fk_device_group_members_devices_device_guid FOREIGN KEY (device_guid) REFERENCES devices (guid) ON DELETE CASCADE
);


CREATE TABLE device_strategy_states (
    device_guid uuid NOT NULL,
    strategy_guid uuid,
    stamp bigint NOT NULL,
    options text COLLATE "C" NOT NULL,
    CONSTRAINT pk_device_strategy_states PRIMARY KEY (device_guid),
    CONSTRAINT fk_device_strategy_states_devices_device_guid FOREIGN KEY (device_guid) REFERENCES devices (guid) ON DELETE CASCADE
);


CREATE TABLE pending_commands (
    guid uuid NOT NULL,
    device_guid uuid NOT NULL,
    kind integer NOT NULL,
    conn_id integer NOT NULL,
    requested_by text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_pending_commands PRIMARY KEY (guid),
    CONSTRAINT fk_pending_commands_devices_device_guid FOREIGN KEY (device_guid) REFERENCES devices (guid) ON DELETE CASCADE
);


CREATE TABLE strategy_assignments (
    target_kind integer NOT NULL,
    target_guid uuid NOT NULL,
    strategy_guid uuid NOT NULL,
    assigned_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_strategy_assignments PRIMARY KEY (target_kind, target_guid),
    CONSTRAINT fk_strategy_assignments_strategies_strategy_guid FOREIGN KEY (strategy_guid) REFERENCES strategies (guid) ON DELETE CASCADE
);


CREATE TABLE strategy_rollouts (
    guid uuid NOT NULL,
    strategy_guid uuid NOT NULL,
    options text COLLATE "C" NOT NULL,
    before text COLLATE "C" NOT NULL,
    rings text COLLATE "C" NOT NULL,
    ring integer NOT NULL,
    state integer NOT NULL,
    lost_percent integer NOT NULL,
    watch_minutes integer NOT NULL,
    goes_on boolean NOT NULL,
    note text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    ring_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    ended_at timestamp with time zone,
    ended_by text COLLATE "C" NOT NULL,
    CONSTRAINT pk_strategy_rollouts PRIMARY KEY (guid),
    CONSTRAINT fk_strategy_rollouts_strategies_strategy_guid FOREIGN KEY (strategy_guid) REFERENCES strategies (guid) ON DELETE CASCADE
);


CREATE TABLE strategy_versions (
    guid uuid NOT NULL,
    strategy_guid uuid NOT NULL,
    options text COLLATE "C" NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    CONSTRAINT pk_strategy_versions PRIMARY KEY (guid),
    CONSTRAINT fk_strategy_versions_strategies_strategy_guid FOREIGN KEY (strategy_guid) REFERENCES strategies (guid) ON DELETE CASCADE
);


CREATE TABLE admin_role_user_groups (
    role_guid uuid NOT NULL,
    group_guid uuid NOT NULL,
    CONSTRAINT pk_admin_role_user_groups PRIMARY KEY (role_guid, group_guid),
    CONSTRAINT fk_admin_role_user_groups_admin_roles_role_guid FOREIGN KEY (role_guid) REFERENCES admin_roles (guid) ON DELETE CASCADE,
    CONSTRAINT fk_admin_role_user_groups_user_groups_group_guid FOREIGN KEY (group_guid) REFERENCES user_groups (guid) ON DELETE CASCADE
);


CREATE TABLE users (
    guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    display_name text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL,
    normalized_email text COLLATE "C" NOT NULL,
    phone text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    avatar text COLLATE "C" NOT NULL,
    preferences text COLLATE "C" NOT NULL,
    status integer NOT NULL,
    is_admin boolean NOT NULL,
    password_hash text COLLATE "C",
    security_stamp text COLLATE "C" NOT NULL,
    concurrency_stamp text COLLATE "C" NOT NULL,
    user_group_guid uuid NOT NULL,
    control_role_guid uuid,
    totp_secret text COLLATE "C",
    totp_enabled boolean NOT NULL,
    totp_since timestamp with time zone,
    totp_enforced boolean NOT NULL,
    totp_last_step bigint NOT NULL,
    recovery_codes text COLLATE "C" NOT NULL,
    email_login boolean NOT NULL,
    sms_login boolean NOT NULL,
    email_alarms boolean NOT NULL,
    access_failed_count integer NOT NULL,
    lockout_end timestamp with time zone,
    origin text COLLATE "C" NOT NULL,
    awaits_approval boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_login_at timestamp with time zone,
    CONSTRAINT pk_users PRIMARY KEY (guid),
    CONSTRAINT fk_users_control_roles_control_role_guid FOREIGN KEY (control_role_guid) REFERENCES control_roles (guid) ON DELETE SET NULL,
    CONSTRAINT fk_users_user_groups_user_group_guid FOREIGN KEY (user_group_guid) REFERENCES user_groups (guid) ON DELETE RESTRICT
);


CREATE TABLE strategy_rollout_devices (
    rollout_guid uuid NOT NULL,
    device_guid uuid NOT NULL,
    ring integer NOT NULL,
    stamp bigint NOT NULL,
    told_at timestamp with time zone,
    watched_until timestamp with time zone,
    seen_at timestamp with time zone,
    delivered_at timestamp with time zone,
    CONSTRAINT pk_strategy_rollout_devices PRIMARY KEY (rollout_guid, device_guid),
    CONSTRAINT fk_strategy_rollout_devices_devices_device_guid FOREIGN KEY (device_guid) REFERENCES devices (guid) ON DELETE CASCADE,
    CONSTRAINT fk_strategy_rollout_devices_strategy_rollouts_rollout_guid FOREIGN KEY (rollout_guid) REFERENCES strategy_rollouts (guid) ON DELETE CASCADE
);


CREATE TABLE access_tokens (
    guid uuid NOT NULL,
    kind integer NOT NULL,
    user_guid uuid NOT NULL,
    hash bytea NOT NULL,
    name text COLLATE "C" NOT NULL,
    scopes text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    device_uuid text COLLATE "C" NOT NULL,
    device_os text COLLATE "C" NOT NULL,
    device_type text COLLATE "C" NOT NULL,
    device_name text COLLATE "C" NOT NULL,
    allowed_from text COLLATE "C" NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    last_address text COLLATE "C" NOT NULL,
    CONSTRAINT pk_access_tokens PRIMARY KEY (guid),
    CONSTRAINT fk_access_tokens_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE admin_role_holders (
    role_guid uuid NOT NULL,
    user_guid uuid NOT NULL,
    source text COLLATE "C" NOT NULL,
    CONSTRAINT pk_admin_role_holders PRIMARY KEY (role_guid, user_guid),
    CONSTRAINT fk_admin_role_holders_admin_roles_role_guid FOREIGN KEY (role_guid) REFERENCES admin_roles (guid) ON DELETE CASCADE,
    CONSTRAINT fk_admin_role_holders_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE device_details (
    device_guid uuid NOT NULL,
    owner_guid uuid,
    enabled boolean NOT NULL,
    version text COLLATE "C" NOT NULL,
    cpu text COLLATE "C" NOT NULL,
    memory text COLLATE "C" NOT NULL,
    os text COLLATE "C" NOT NULL,
    hostname text COLLATE "C" NOT NULL,
    username text COLLATE "C" NOT NULL,
    name_override text COLLATE "C" NOT NULL,
    username_override text COLLATE "C" NOT NULL,
    presets_hash text COLLATE "C" NOT NULL,
    sysinfo_at timestamp with time zone,
    sysinfo_refused_at timestamp with time zone,
    kept_at timestamp with time zone,
    CONSTRAINT pk_device_details PRIMARY KEY (device_guid),
    CONSTRAINT fk_device_details_devices_device_guid FOREIGN KEY (device_guid) REFERENCES devices (guid) ON DELETE CASCADE,
    CONSTRAINT fk_device_details_users_owner_guid FOREIGN KEY (owner_guid) REFERENCES users (guid) ON DELETE SET NULL
);


CREATE TABLE external_logins (
    provider text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    user_guid uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    vanished_at timestamp with time zone,
    CONSTRAINT pk_external_logins PRIMARY KEY (provider, subject),
    CONSTRAINT fk_external_logins_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE login_challenges (
    guid uuid NOT NULL,
    secret_hash bytea NOT NULL,
    user_guid uuid NOT NULL,
    kind integer NOT NULL,
    code_hash bytea NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    device_uuid text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_login_challenges PRIMARY KEY (guid),
    CONSTRAINT fk_login_challenges_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE passkeys (
    credential_id bytea NOT NULL,
    user_guid uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    data text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT pk_passkeys PRIMARY KEY (credential_id),
    CONSTRAINT fk_passkeys_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE saved_views (
    guid uuid NOT NULL,
    user_guid uuid NOT NULL,
    page text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    normalized_name text COLLATE "C" NOT NULL,
    query text COLLATE "C" NOT NULL,
    columns text COLLATE "C" NOT NULL,
    shared boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (guid),
    CONSTRAINT fk_saved_views_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE seen_places (
    user_guid uuid NOT NULL,
    network text COLLATE "C" NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_seen_places PRIMARY KEY (user_guid, network),
    CONSTRAINT fk_seen_places_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE trusted_devices (
    guid uuid NOT NULL,
    user_guid uuid NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    device_uuid text COLLATE "C" NOT NULL,
    os text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_trusted_devices PRIMARY KEY (guid),
    CONSTRAINT fk_trusted_devices_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE TABLE deploy_presets (
    token_guid uuid NOT NULL,
    owner_guid uuid,
    group_guid uuid,
    strategy_guid uuid,
    book_guid uuid,
    tag text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    maximum_uses integer NOT NULL,
    uses integer NOT NULL,
    CONSTRAINT pk_deploy_presets PRIMARY KEY (token_guid),
    CONSTRAINT fk_deploy_presets_access_tokens_token_guid FOREIGN KEY (token_guid) REFERENCES access_tokens (guid) ON DELETE CASCADE
);


CREATE TABLE viewer_tickets (
    guid uuid NOT NULL,
    hash bytea NOT NULL,
    user_guid uuid NOT NULL,
    session_guid uuid NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    conn_type integer NOT NULL,
    view_only boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT pk_viewer_tickets PRIMARY KEY (guid),
    CONSTRAINT fk_viewer_tickets_access_tokens_session_guid FOREIGN KEY (session_guid) REFERENCES access_tokens (guid) ON DELETE CASCADE,
    CONSTRAINT fk_viewer_tickets_users_user_guid FOREIGN KEY (user_guid) REFERENCES users (guid) ON DELETE CASCADE
);


CREATE INDEX ix_access_rules_control_role_guid ON access_rules (control_role_guid);


CREATE INDEX ix_access_rules_subject_kind_subject_guid ON access_rules (subject_kind, subject_guid);


CREATE INDEX ix_access_rules_target_kind_target_guid ON access_rules (target_kind, target_guid);


CREATE UNIQUE INDEX ix_access_tokens_hash ON access_tokens (hash);


CREATE INDEX ix_access_tokens_user_guid ON access_tokens (user_guid);


CREATE INDEX ix_address_book_entries_book_guid_deleted_at ON address_book_entries (book_guid, deleted_at);


CREATE UNIQUE INDEX ix_address_book_entries_book_guid_id ON address_book_entries (book_guid, id) WHERE deleted_at IS NULL;


CREATE INDEX ix_address_book_shares_book_guid ON address_book_shares (book_guid);


CREATE INDEX ix_address_book_shares_subject_kind_subject_guid ON address_book_shares (subject_kind, subject_guid);


CREATE INDEX ix_address_books_owner_guid ON address_books (owner_guid);


CREATE UNIQUE INDEX ix_address_books_personal ON address_books (owner_guid) WHERE is_personal;


CREATE UNIQUE INDEX ix_address_books_shared_name ON address_books (normalized_name) WHERE NOT is_personal AND deleted_at IS NULL;


CREATE INDEX ix_admin_role_device_groups_group_guid ON admin_role_device_groups (group_guid);


CREATE INDEX ix_admin_role_holders_user_guid ON admin_role_holders (user_guid);


CREATE INDEX ix_admin_role_user_groups_group_guid ON admin_role_user_groups (group_guid);


CREATE UNIQUE INDEX ix_admin_roles_normalized_name ON admin_roles (normalized_name);


CREATE INDEX ix_alarm_mutes_type_device_id ON alarm_mutes (type, device_id);


CREATE INDEX ix_audit_alarms_created_at ON audit_alarms (created_at);


CREATE INDEX ix_audit_alarms_device_id ON audit_alarms (device_id);


CREATE INDEX ix_audit_connections_created_at ON audit_connections (created_at);


CREATE INDEX ix_audit_connections_device_guid_conn_id ON audit_connections (device_guid, conn_id);


CREATE INDEX ix_audit_connections_device_id_session_id ON audit_connections (device_id, session_id);


CREATE INDEX ix_audit_connections_ended_at ON audit_connections (ended_at);


CREATE INDEX ix_audit_connections_user_guid ON audit_connections (user_guid);


CREATE INDEX ix_audit_console_created_at ON audit_console (created_at);


CREATE INDEX ix_audit_console_operator ON audit_console (operator);


CREATE UNIQUE INDEX ix_audit_console_sequence ON audit_console (sequence);


CREATE INDEX ix_audit_console_unsealed ON audit_console (created_at) WHERE sequence IS NULL;


CREATE INDEX ix_audit_files_created_at ON audit_files (created_at);


CREATE INDEX ix_audit_files_device_id ON audit_files (device_id);


CREATE INDEX ix_audit_nonces_at_utc ON audit_nonces (at_utc);


CREATE INDEX ix_browser_sign_ins_expires_at ON browser_sign_ins (expires_at);


CREATE UNIQUE INDEX ix_browser_sign_ins_state_hash ON browser_sign_ins (state_hash);


CREATE UNIQUE INDEX ix_control_roles_normalized_name ON control_roles (normalized_name);


CREATE INDEX ix_deleted_devices_deleted_at ON deleted_devices (deleted_at);


CREATE INDEX ix_deleted_users_deleted_at ON deleted_users (deleted_at);


CREATE INDEX ix_deployments_device_id ON deployments (device_id);


CREATE INDEX ix_device_claims_device_id ON device_claims (device_id);


CREATE INDEX ix_device_claims_last_seen_at ON device_claims (last_seen_at);


CREATE INDEX ix_device_details_disabled ON device_details (device_guid) WHERE NOT enabled;


CREATE INDEX ix_device_details_owner_guid ON device_details (owner_guid);


CREATE INDEX ix_device_group_members_group_guid ON device_group_members (group_guid);


CREATE UNIQUE INDEX ix_device_groups_normalized_name ON device_groups (normalized_name);


CREATE INDEX ix_devices_created_at ON devices (created_at);


CREATE UNIQUE INDEX ix_devices_id ON devices (id);


CREATE INDEX ix_external_logins_user_guid ON external_logins (user_guid);


CREATE INDEX ix_held_alarms_due_at ON held_alarms (due_at);


CREATE INDEX ix_introductions_at_utc ON introductions (at_utc);


CREATE INDEX ix_introductions_reason_at_utc ON introductions (reason, at_utc);


CREATE INDEX ix_introductions_rule_guid_at_utc ON introductions (rule_guid, at_utc);


CREATE INDEX ix_jobs_created_at ON jobs (created_at);


CREATE INDEX ix_jobs_state ON jobs (state);


CREATE UNIQUE INDEX ix_jobs_user_guid_idempotency_key ON jobs (user_guid, idempotency_key);


CREATE INDEX ix_login_challenges_expires_at ON login_challenges (expires_at);


CREATE UNIQUE INDEX ix_login_challenges_secret_hash ON login_challenges (secret_hash);


CREATE INDEX ix_login_challenges_user_guid ON login_challenges (user_guid);


CREATE INDEX ix_outbox_channel_guid_created_at ON outbox (channel_guid, created_at);


CREATE INDEX ix_outbox_next_attempt_at ON outbox (next_attempt_at);


CREATE INDEX ix_passkeys_user_guid ON passkeys (user_guid);


CREATE INDEX ix_pending_commands_device_guid ON pending_commands (device_guid);


CREATE UNIQUE INDEX ix_recording_chunks_recording_guid_seq ON recording_chunks (recording_guid, seq);


CREATE INDEX ix_recording_copies_status_asked_at ON recording_copies (status, asked_at);


CREATE INDEX ix_recordings_created_at ON recordings (created_at);


CREATE INDEX ix_recordings_device_id_created_at ON recordings (device_id, created_at);


CREATE INDEX ix_recordings_owner_created_at ON recordings (owner, created_at);


CREATE UNIQUE INDEX ix_recordings_record_id ON recordings (record_id);


CREATE INDEX ix_recordings_status ON recordings (status);


CREATE INDEX ix_retired_ids_device_guid ON retired_ids (device_guid);


CREATE INDEX ix_saved_views_page_shared ON saved_views (page, shared);


CREATE UNIQUE INDEX ix_saved_views_user_guid_page_normalized_name ON saved_views (user_guid, page, normalized_name);


CREATE UNIQUE INDEX ix_strategies_normalized_name ON strategies (normalized_name);


CREATE INDEX ix_strategy_assignments_strategy_guid ON strategy_assignments (strategy_guid);


CREATE INDEX ix_strategy_rollout_devices_device_guid ON strategy_rollout_devices (device_guid);


CREATE INDEX ix_strategy_rollouts_ended_at ON strategy_rollouts (ended_at);


CREATE INDEX ix_strategy_rollouts_strategy_guid ON strategy_rollouts (strategy_guid);


CREATE INDEX ix_strategy_versions_strategy_guid_changed_at ON strategy_versions (strategy_guid, changed_at);


CREATE INDEX ix_switch_grants_expires_at ON switch_grants (expires_at);


CREATE UNIQUE INDEX ix_trusted_devices_user_guid_device_uuid ON trusted_devices (user_guid, device_uuid);


CREATE UNIQUE INDEX ix_user_groups_normalized_name ON user_groups (normalized_name);


CREATE INDEX ix_users_control_role_guid ON users (control_role_guid);


CREATE INDEX ix_users_normalized_email ON users (normalized_email);


CREATE UNIQUE INDEX ix_users_normalized_name ON users (normalized_name);


CREATE INDEX ix_users_user_group_guid ON users (user_group_guid);


CREATE INDEX ix_viewer_tickets_expires_at ON viewer_tickets (expires_at);


CREATE UNIQUE INDEX ix_viewer_tickets_hash ON viewer_tickets (hash);


CREATE INDEX ix_viewer_tickets_session_guid ON viewer_tickets (session_guid);


CREATE INDEX ix_viewer_tickets_user_guid_created_at ON viewer_tickets (user_guid, created_at);
