//! Another tenant's row, a row of nobody and a host of nobody are one answer, to the byte, on every route and by every method. The requests are
//! made from the application's routes and models, and go over the wire to the service with all of its layers.

mod hosts;
mod ids;
mod references;
mod rows;
mod service;
mod wire;
