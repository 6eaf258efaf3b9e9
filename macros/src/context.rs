//! The errors of one macro call, collected, so that all of them are reported at once.

use std::cell::{Cell, RefCell};
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Collects errors. It must be asked for them in the end: an error that nobody reports would make code out of wrong input.
#[derive(Debug, Default)]
pub(crate) struct Context {
    errors: RefCell<Vec<syn::Error>>,
    checked: Cell<bool>,
}

impl Context {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An error on these tokens.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// An error on a span, for what has no tokens.
    pub(crate) fn error_at(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// An error that a parser made.
    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// The value, or `None` after its error was taken in.
    pub(crate) fn take<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there is no error so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    /// The errors as `compile_error!` calls; empty when there are none.
    pub(crate) fn finish(self) -> TokenStream {
        self.checked.set(true);
        self.errors.borrow().iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // Only in debug builds: a macro that panics in a user's build explains nothing.
        debug_assert!(std::thread::panicking() || self.checked.get(), "errors of a macro were collected and never reported");
    }
}
