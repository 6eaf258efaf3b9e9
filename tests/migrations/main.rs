//! Migrations on a real server: a folder per case, with the models before and after, and the files that are expected between them.

mod apply;
mod bench;
mod dropped_field;
mod dropped_unique;
mod enum_word;
mod managed;
mod new_table;
mod nullable_field;
mod reference;
mod required_field;
mod stamps_come;
mod unique_field;
