//! Every path that a source names: in `use` trees, in code, and, as far as tokens tell, in the arguments of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A path as written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name {
    /// `crate::db::Pool` is `["crate", "db", "Pool"]`.
    pub segments: Vec<String>,
    /// From 1.
    pub line: usize,
    /// The inline modules around it.
    pub modules: Vec<String>,
    /// Whether it stands in a `#[test]` function or below `#[cfg(test)]`.
    pub in_test: bool,
}

impl Name {
    /// Whether the path begins with these segments.
    pub(super) fn starts_with(&self, segments: &[&str]) -> bool {
        self.segments.len() >= segments.len() && self.segments.iter().zip(segments).all(|(one, other)| one == other)
    }

    /// Whether the path ends with these segments.
    pub(super) fn ends_with(&self, segments: &[&str]) -> bool {
        self.segments.len() >= segments.len() && self.segments.iter().rev().zip(segments.iter().rev()).all(|(one, other)| one == other)
    }
}

/// All paths of a source.
pub(super) fn of(file: &syn::File) -> Vec<Name> {
    let mut reader = Reader { names: Vec::new(), modules: Vec::new(), in_test: false };
    reader.visit_file(file);
    reader.names
}

struct Reader {
    names: Vec<Name>,
    modules: Vec<String>,
    in_test: bool,
}

impl Reader {
    fn add(&mut self, segments: Vec<String>, line: usize) {
        self.names.push(Name { segments, line, modules: self.modules.clone(), in_test: self.in_test });
    }

    fn within_test(&mut self, is_test: bool, read: impl FnOnce(&mut Self)) {
        let outer = self.in_test;
        self.in_test |= is_test;
        read(self);
        self.in_test = outer;
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.use_tree(tree, before)),
            syn::UseTree::Name(name) if name.ident == "self" => self.add(before.to_vec(), tree.span().start().line),
            syn::UseTree::Name(name) => self.add(with(&name.ident), tree.span().start().line),
            syn::UseTree::Rename(name) => self.add(with(&name.ident), tree.span().start().line),
            syn::UseTree::Glob(_) => self.add(before.to_vec(), tree.span().start().line),
        }
    }

    /// Reads `ident :: ident :: …` wherever it stands in the tokens.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.flush(&mut segments, line);
                    }
                    if segments.is_empty() {
                        line = ident.span().start().line;
                    }
                    segments.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.flush(&mut segments, line);
                    colons = 0;
                    self.tokens(&group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.flush(&mut segments, line);
                    colons = 0;
                }
            }
        }
        self.flush(&mut segments, line);
    }

    fn flush(&mut self, segments: &mut Vec<String>, line: usize) {
        if !segments.is_empty() {
            self.add(std::mem::take(segments), line);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(segments, path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        visit::visit_macro(self, invocation);
        self.tokens(&invocation.tokens);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        self.within_test(is_test(&item.attrs), |reader| visit::visit_item_mod(reader, item));
        self.modules.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.within_test(is_test(&item.attrs), |reader| visit::visit_item_fn(reader, item));
    }
}

/// Whether an item is there for tests only: `#[cfg(test)]`, `#[test]`, `#[tokio::test]`.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        meta => meta.path().segments.last().is_some_and(|segment| segment.ident == "test"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).expect("Rust");
        of(&file).into_iter().map(|name| name.segments.join("::")).collect()
    }

    #[test]
    fn reads_use_trees_paths_and_the_arguments_of_macros() {
        assert_eq!(names("use a::{self, b::*, c as d};"), ["a", "a::b", "a::c"]);
        assert_eq!(names("fn f(x: a::B<c::D>) {}"), ["a::B", "c::D"]);
        assert_eq!(names("fn f() { m!(x, (crate::db::Pool), 1) }"), ["m", "x", "crate::db::Pool"]);
        assert_eq!(names("macro_rules! m { () => { $crate::db::f() } }"), ["macro_rules", "crate::db::f"]);
    }

    #[test]
    fn knows_tests() {
        let file =
            syn::parse_file("fn a() { f() } #[cfg(test)] mod t { fn b() { f() } } #[tokio::test] async fn c() { f() }").expect("Rust");
        let in_test: Vec<bool> = of(&file).iter().filter(|name| name.segments == ["f"]).map(|name| name.in_test).collect();
        assert_eq!(in_test, [false, true, true]);
    }
}
