//! That no tenant reaches another: the proof over all surfaces, SQL as the application's role, and two tenants over HTTP.

mod attacks;
mod business;
mod dba;
mod directory;
mod http;
mod levels;
mod mutants;
mod ordinary;
mod place_order;
mod proof;
mod psql;
mod secrets;
mod shared;
mod timing;
