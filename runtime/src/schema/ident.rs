//! Identifiers: how they are made, cut and quoted.

use sha2::{Digest, Sha256};

/// The longest identifier of PostgreSQL in bytes (manual, 4.1.1); a longer one is cut by the server with only a notice.
pub(crate) const MAX_IDENTIFIER: usize = 63;

/// Joins the parts with underscores. A name over 63 bytes is cut and ends in eight hexadecimal digits of its SHA-256, so that two long
/// names stay two, and the same name is the same tomorrow.
#[must_use]
pub fn identifier(parts: &[&str]) -> String {
    let name = parts.join("_");
    if name.len() <= MAX_IDENTIFIER {
        return name;
    }
    let digest = Sha256::digest(name.as_bytes());
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut end = MAX_IDENTIFIER - hash.len() - 1;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash}", name.get(..end).unwrap_or_default())
}

/// The identifier as it stands in SQL: quoted where PostgreSQL would read it otherwise.
#[must_use]
pub fn quoted(name: &str) -> String {
    let plain = name.bytes().next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && KEYWORDS.binary_search(&name).is_err() { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The key words of PostgreSQL 15 to 18 that cannot be a column's or a table's name without quotes in every place (manual, appendix C):
/// reserved, and those that cannot be a function or type. Sorted.
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn short_names_stay() {
        assert_eq!(identifier(&["customers", "name", "idx"]), "customers_name_idx");
    }

    #[test]
    fn long_names_are_cut_to_63_bytes_and_stay_apart() {
        let (a, b) = (identifier(&[&"ä".repeat(40), "a"]), identifier(&[&"ä".repeat(40), "b"]));
        assert!(a.len() <= MAX_IDENTIFIER && b.len() <= MAX_IDENTIFIER);
        assert_ne!(a, b);
    }

    #[test]
    fn key_words_and_odd_names_are_quoted() {
        assert_eq!(quoted("name"), "name");
        assert_eq!(quoted("order"), "\"order\"");
        assert_eq!(quoted("Name"), "\"Name\"");
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}
