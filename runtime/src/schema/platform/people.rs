//! Who has an account where, and what the operator has done.
//!
//! A person is one identity for all tenants, and a user of each tenant that has let it in. An identity is nobody's row: the role that verifies
//! passwords reads it, and no role under which an application's statements run. Everything else of people is a tenant's, like its other rows.

use crate::schema::{ColumnDef, Kind, Literal, Managed, ModelDef, ModelRef, OnDelete, Scope, Unique, Verbs};

/// The longest e-mail address, in bytes: what RFC 5321, section 4.5.3.1.3, leaves between `<` and `>`.
pub(crate) const MAX_EMAIL: u32 = 254;
/// The characters of a SHA-256 as hexadecimal digits.
const HASH: Option<u32> = Some(64);
/// The longest name of a person, a role or a key, in characters.
pub(crate) const MAX_NAME: u32 = 200;
/// The longest list of grants, fields or scopes, in characters.
pub(crate) const MAX_WORDS: u32 = 4_096;

const fn key(model: ModelRef) -> ColumnDef {
    ColumnDef::new("id", Kind::Id(model), false)
}

const fn text(name: &'static str, doc: &'static str, max_len: u32) -> ColumnDef {
    ColumnDef { doc, max_len: Some(max_len), ..ColumnDef::new(name, Kind::Text, false) }
}

const fn hash(name: &'static str, doc: &'static str, nullable: bool) -> ColumnDef {
    ColumnDef { doc, max_len: HASH, secret: true, ..ColumnDef::new(name, Kind::Text, nullable) }
}

const fn time(name: &'static str, doc: &'static str, nullable: bool) -> ColumnDef {
    ColumnDef { doc, ..ColumnDef::new(name, Kind::Timestamp, nullable) }
}

const fn made(name: &'static str, doc: &'static str) -> ColumnDef {
    ColumnDef { managed: Managed::CreatedAt, ..time(name, doc, false) }
}

const fn of(name: &'static str, doc: &'static str, model: ModelRef, on_delete: OnDelete) -> ColumnDef {
    ColumnDef { doc, on_delete, ..ColumnDef::new(name, Kind::Id(model), false) }
}

const fn table(name: &'static str, table: &'static str, scope: Scope, doc: &'static str, columns: &'static [ColumnDef]) -> ModelDef {
    ModelDef { doc, columns, routes: Verbs::NONE, ..ModelDef::new(name, table, scope) }
}

/// The people of all tenants.
pub(crate) static IDENTITIES: ModelDef = table(
    "Identity",
    "identities",
    Scope::Identities,
    "The people of all tenants, and how each proves who it is. No application's statement reads it.",
    &[
        ColumnDef { doc: "The person.", ..key(IDENTITY) },
        ColumnDef { unique: true, ..text("email", "The e-mail address, in the one spelling that it has.", MAX_EMAIL) },
        ColumnDef {
            doc: "Of the password, by argon2id, as a PHC string.",
            max_len: Some(256),
            secret: true,
            ..ColumnDef::new("password_hash", Kind::Text, true)
        },
        hash("reset_hash", "Of the token by which another password may be set, once.", true),
        time("reset_expires_at", "Until when it may.", true),
        made("changed_at", "When the password was set last."),
    ],
);

const IDENTITY: ModelRef = ModelRef { name: "Identity", table: "identities", scope: Scope::Identities, def: || &IDENTITIES };

/// Whom a tenant has let in.
pub(crate) static USERS: ModelDef = ModelDef {
    uniques: &[Unique { columns: &["identity_id"] }],
    ..table(
        "User",
        "users",
        Scope::Members,
        "The users of a tenant: which people it has let in.",
        &[
            ColumnDef { doc: "The user.", ..key(USER) },
            of("identity_id", "Who that is.", IDENTITY, OnDelete::Restrict),
            ColumnDef { unique: true, ..text("email", "The e-mail address by which the tenant has invited them.", MAX_EMAIL) },
            text("name", "Their name.", MAX_NAME),
            ColumnDef {
                doc: "Whether they are let in now.",
                default: Some(Literal::Bool(true)),
                ..ColumnDef::new("is_active", Kind::Bool, false)
            },
        ],
    )
};

const USER: ModelRef = ModelRef { name: "User", table: "users", scope: Scope::Members, def: || &USERS };

/// What users may be.
pub(crate) static ROLES: ModelDef = table(
    "Role",
    "roles",
    Scope::Members,
    "The roles of a tenant.",
    &[
        ColumnDef { doc: "The role.", ..key(ROLE) },
        ColumnDef { unique: true, ..text("name", "Its name.", 64) },
        text("grants", "What it covers: `customers:read`, `customers:*`, `*:read` or `*`, with a space between.", MAX_WORDS),
        ColumnDef {
            default: Some(Literal::Str("")),
            ..text("readonly", "Fields that it may not set, as `table.field`, with a space between.", MAX_WORDS)
        },
    ],
);

const ROLE: ModelRef = ModelRef { name: "Role", table: "roles", scope: Scope::Members, def: || &ROLES };

/// Which roles a user has.
pub(crate) static USER_ROLES: ModelDef = ModelDef {
    uniques: &[Unique { columns: &["user_id", "role_id"] }],
    ..table(
        "UserRole",
        "user_roles",
        Scope::Members,
        "Which roles the users of a tenant have.",
        &[
            ColumnDef { doc: "The grant of the role.", ..key(USER_ROLE) },
            of("user_id", "The user.", USER, OnDelete::Cascade),
            of("role_id", "The role.", ROLE, OnDelete::Restrict),
        ],
    )
};

const USER_ROLE: ModelRef = ModelRef { name: "UserRole", table: "user_roles", scope: Scope::Members, def: || &USER_ROLES };

/// Keys for machines.
pub(crate) static API_KEYS: ModelDef = table(
    "ApiKey",
    "api_keys",
    Scope::Credentials,
    "The API keys of a tenant's users.",
    &[
        ColumnDef { doc: "The key's name, which stands in it.", ..key(API_KEY) },
        of("user_id", "Whose it is.", USER, OnDelete::Cascade),
        text("name", "What it is for.", MAX_NAME),
        hash("secret_hash", "Of its secret.", false),
        text("scopes", "What it may be used for, with a space between.", MAX_WORDS),
        made("created_at", "When it was made."),
        time("expires_at", "When it expires, if ever.", true),
        time("revoked_at", "When it was revoked, if it was.", true),
        time("used_at", "When it was last used, to about a minute.", true),
    ],
);

const API_KEY: ModelRef = ModelRef { name: "ApiKey", table: "api_keys", scope: Scope::Credentials, def: || &API_KEYS };

/// Families of refresh tokens.
pub(crate) static LOGINS: ModelDef = table(
    "Login",
    "logins",
    Scope::Credentials,
    "The logins of a tenant's users, each with the refresh token that is good now.",
    &[
        ColumnDef { doc: "The login, which stands in its tokens.", ..key(LOGIN) },
        of("user_id", "Who has logged in.", USER, OnDelete::Cascade),
        hash("family_hash", "Of the secret that all tokens of the login have.", false),
        hash("current_hash", "Of the secret that the current one alone has.", false),
        ColumnDef { doc: "How often it was rotated.", ..ColumnDef::new("generation", Kind::I64, false) },
        time("began_at", "When it was.", false),
        time("rotated_at", "When its token was rotated last.", false),
        time("ended_at", "When it ended, if it has.", true),
        ColumnDef { doc: "Why it has ended.", ..ColumnDef::new("ended_why", Kind::Enum(&["reused", "revoked"]), true) },
    ],
);

const LOGIN: ModelRef = ModelRef { name: "Login", table: "logins", scope: Scope::Credentials, def: || &LOGINS };

/// Who may become a user.
pub(crate) static INVITATIONS: ModelDef = table(
    "Invitation",
    "invitations",
    Scope::Members,
    "Whom a tenant has invited.",
    &[
        ColumnDef { doc: "The invitation, which stands in its token.", ..key(INVITATION) },
        text("email", "Who is invited.", MAX_EMAIL),
        of("role_id", "What they will be.", ROLE, OnDelete::Cascade),
        hash("secret_hash", "Of the token's secret.", false),
        ColumnDef {
            doc: "The user who has invited them; the operator has when nobody is named.",
            ..ColumnDef::new("invited_by", Kind::Uuid, true)
        },
        time("expires_at", "Until when it is good.", false),
        time("accepted_at", "When it was accepted, if it was.", true),
    ],
);

const INVITATION: ModelRef = ModelRef { name: "Invitation", table: "invitations", scope: Scope::Members, def: || &INVITATIONS };

/// What the operator has done.
pub(crate) static ACTS: ModelDef = table(
    "Act",
    "acts",
    Scope::Acts,
    "What the operator has done, and why. It is added to, and never changed.",
    &[
        ColumnDef { doc: "The act.", ..key(ACT) },
        made("at", "When it was done."),
        ColumnDef {
            doc: "The tenant that it is about. No key: the act stays when the tenant goes.",
            ..ColumnDef::new("tenant", Kind::Uuid, true)
        },
        text("operator", "Who has done it.", 100),
        text("act", "What was done.", MAX_NAME),
        text("reason", "Why.", 500),
    ],
);

const ACT: ModelRef = ModelRef { name: "Act", table: "acts", scope: Scope::Acts, def: || &ACTS };
