//! Folders and ledgers that are not as they should be: clear errors, and nothing lost.
