//! What is wrong with a role.

/// The longest part of a text that an error repeats, in characters: a tenant's admin may send any.
const MAX_ECHO: usize = 64;

/// Why a text is no permission, no grant, no field or no name of a role.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// No permission.
    #[error("{0:?} is no permission: write `table:action`, two words of a-z, digits and _, each beginning with a letter")]
    Permission(String),
    /// No grant.
    #[error("{0:?} is no grant: write `table:action`, `table:*`, `*:action` or `*`")]
    Grant(String),
    /// No field.
    #[error("{0:?} is no field: write `table.field`")]
    Field(String),
    /// No name.
    #[error("{0:?} is no name of a role: 1 to 64 characters, none of them a control character")]
    Name(String),
}

/// The text as an error may repeat it.
pub(super) fn echo(text: &str) -> String {
    text.chars().take(MAX_ECHO).collect()
}
