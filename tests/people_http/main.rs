//! How people get in, by HTTP: logins, cookies, other tenants, passwords, keys, and what an admin does about users and roles.

mod account;
mod addresses;
mod admin;
mod browser;
mod documented;
mod hostile;
mod login;
mod mail;
mod matrix;
pub mod mounted;
mod quiet;
mod service;
