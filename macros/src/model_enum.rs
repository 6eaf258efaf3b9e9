//! `#[derive(ModelEnum)]`: an enum as a column of words.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, LitStr, Variant};

use crate::attr;
use crate::context::Context;

/// The longest word, in bytes: a word is read in lists, filters and CHECKs, where nobody wants a sentence.
const MAX_WORD: usize = 63;

/// A variant and its word.
struct Word {
    variant: Ident,
    text: String,
}

/// The whole of the derive.
pub(crate) fn model_enum(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let context = Context::new();
    let words = read(&input, &context);
    // With errors, the words that are right are enough for the code that uses the enum.
    let others = (!context.is_clean()).then(|| quote! { _ => "", });
    let errors = context.finish();
    let implementations = if input.generics.params.is_empty() { expand(&input.ident, &words, others.as_ref()) } else { TokenStream::new() };
    quote! { #errors #implementations }
}

fn read(input: &DeriveInput, context: &Context) -> Vec<Word> {
    if !input.generics.params.is_empty() {
        context.error(&input.generics, "an enum of words has no generic parameters");
    }
    if let Some(attribute) = input.attrs.iter().find(|attribute| attr::is_model(attribute)) {
        context.error(attribute, "`#[model(…)]` stands on a variant, not on the enum");
    }
    let Data::Enum(data) = &input.data else {
        context.error(&input.ident, "`ModelEnum` is for enums: each variant is a word");
        return Vec::new();
    };
    if data.variants.is_empty() {
        context.error(&input.ident, "an enum without variants has no words, so no row could exist");
    }
    let words: Vec<Word> = data.variants.iter().filter_map(|variant| word(variant, context)).collect();
    check_distinct(&words, context);
    words
}

fn word(variant: &Variant, context: &Context) -> Option<Word> {
    let renamed = attr::rename(&variant.attrs, context);
    if !matches!(variant.fields, Fields::Unit) {
        context.error(&variant.fields, "a variant is a word and cannot carry data");
        return None;
    }
    if let Some((_, discriminant)) = &variant.discriminant {
        context.error(discriminant, "a variant is stored as its word; leave the number out");
    }
    let text = renamed.as_ref().map_or_else(|| snake_case(&variant.ident.unraw().to_string()), LitStr::value);
    check_word(variant, renamed.as_ref(), &text, context);
    Some(Word { variant: variant.ident.clone(), text })
}

/// A word is short and visible: it stands in JSON, in query strings and in the CHECK of the column.
fn check_word(variant: &Variant, renamed: Option<&LitStr>, text: &str, context: &Context) {
    let message = if text.is_empty() {
        "a word cannot be empty".to_owned()
    } else if text.len() > MAX_WORD {
        format!("the word has {} bytes; a word has at most {MAX_WORD}", text.len())
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        "a word is ASCII without spaces and control characters".to_owned()
    } else {
        return;
    };
    match renamed {
        Some(word) => context.error(word, message),
        None => context.error(&variant.ident, format!("{message}; give it one with `#[model(rename = \"word\")]`")),
    }
}

/// Two variants of one word could not be told apart when they are read.
fn check_distinct(words: &[Word], context: &Context) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for Word { variant, text } in words {
        if let Some(first) = seen.insert(text, variant) {
            context.error(variant, format!("`{variant}` and `{first}` have the same word, {text:?}"));
        }
    }
}

/// `OnHold` as `on_hold`; capitals in a row are one part: `VATExempt` is `vat_exempt`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut word = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after_small = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        let ends_capitals =
            before.is_some_and(|before| before.is_uppercase()) && letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_small || ends_capitals) {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

/// `others` is an arm for variants that have no word; there are some only beside an error.
fn expand(name: &Ident, words: &[Word], others: Option<&TokenStream>) -> TokenStream {
    let variants: Vec<&Ident> = words.iter().map(|word| &word.variant).collect();
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    quote! {
        const _: () = {
            use ::tenantry::__private as __t;
            impl __t::ModelEnum for #name {
                const WORDS: &'static [&'static str] = &[#(#texts),*];
                fn word(&self) -> &'static str {
                    match self {
                        #(Self::#variants => #texts,)*
                        #others
                    }
                }
                fn from_word(word: &str) -> __t::Option<Self> {
                    match word {
                        #(#texts => __t::Some(Self::#variants),)*
                        _ => __t::None,
                    }
                }
            }
            impl __t::Column for #name {
                const KIND: __t::Kind = __t::Kind::Enum(<Self as __t::ModelEnum>::WORDS);
                type Value = Self;
                fn bind(&self, args: &mut __t::Vec<__t::Arg>) {
                    args.push(__t::word_arg(self));
                }
                fn bind_null(args: &mut __t::Vec<__t::Arg>) {
                    args.push(__t::Arg::Text(__t::None));
                }
                fn read(cells: &mut __t::Cells<'_>) -> __t::Result<Self, __t::ReadError> {
                    __t::read_word(cells)
                }
            }
            impl __t::Display for #name {
                fn fmt(&self, f: &mut __t::Formatter<'_>) -> __t::FmtResult {
                    f.pad(__t::ModelEnum::word(self))
                }
            }
            impl __t::Serialize for #name {
                fn serialize<S: __t::Serializer>(&self, serializer: S) -> __t::Result<S::Ok, S::Error> {
                    serializer.serialize_str(__t::ModelEnum::word(self))
                }
            }
            impl __t::Type<__t::Postgres> for #name {
                fn type_info() -> __t::PgTypeInfo {
                    __t::word_type()
                }
                fn compatible(other: &__t::PgTypeInfo) -> bool {
                    __t::is_word_type(other)
                }
            }
            impl __t::Encode<'_, __t::Postgres> for #name {
                fn encode_by_ref(&self, buffer: &mut __t::PgArgumentBuffer) -> __t::Result<__t::IsNull, __t::BoxDynError> {
                    __t::encode_word(self, buffer)
                }
            }
            impl __t::Decode<'_, __t::Postgres> for #name {
                fn decode(value: __t::PgValueRef<'_>) -> __t::Result<Self, __t::BoxDynError> {
                    __t::decode_word(value)
                }
            }
            impl<'de> __t::Deserialize<'de> for #name {
                fn deserialize<D: __t::Deserializer<'de>>(deserializer: D) -> __t::Result<Self, D::Error> {
                    __t::deserialize_word(deserializer)
                }
            }
        };
    }
}
