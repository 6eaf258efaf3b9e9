//! That no tenant reaches another: the proof over all surfaces, SQL as the application's role, and two tenants over HTTP.

mod faults;
mod http;
mod ordinary;
mod proof;
mod psql;
