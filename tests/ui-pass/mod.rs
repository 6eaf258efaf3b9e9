//! Right input: it compiles as it stands, and each file says what comes of it.

mod every_type;
