//! Who has an account where, on the real tables: logins and what ends them, passwords, invitations, roles and API keys.

mod identities;
mod invitations;
mod keys;
mod logged;
mod logins;
mod members;
mod passwords;
mod plans;
mod refresh;
mod switch;
mod town;
