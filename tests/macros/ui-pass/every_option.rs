//! Every option of the attributes, as it stands in the definition.

use tenantry::schema::{Action, Literal, Managed, OnDelete, Verb, Verbs};
use tenantry::{Field, Id, Model, ModelEnum, Stamps, tenant_model};

// Not `Copy`, and without any other derive than what the macro needs.
#[derive(Debug, ModelEnum)]
enum Kind {
    Part,
    VATExempt,
    #[model(rename = "sub-assembly")]
    SubAssembly,
}

/// An item on stock.
///
/// Counted once a year.
#[tenant_model(
    table = "items",
    unique(shelf, label),
    index(label, shelf),
    index(label),
    routes(list, get),
    permissions(read = "catalogue:read")
)]
#[derive(Clone)]
struct Item {
    id: Id<Item>,
    #[model(flatten)]
    stamps: Stamps,
    /// Where it lies.
    #[model(default = "A1", readonly, max_len = 8)]
    shelf: String,
    #[model(unique)]
    label: Option<String>,
    #[model(default = -1, sort, index)]
    amount: i32,
    #[model(default = true)]
    active: bool,
    #[model(references(on_delete = "cascade"))]
    part_of: Option<Id<Item>>,
    #[model(references(on_delete = "set null"), filter)]
    made_by: Option<Id<Item>>,
    #[model(references(on_delete = "restrict"))]
    made_of: Option<Id<Item>>,
}

#[tenant_model(table = "marks", routes = false)]
struct Mark {
    id: Id<Mark>,
    #[model(default = "vat_exempt")]
    kind: Kind,
}

#[test]
fn the_model() {
    let def = Item::DEF;
    assert_eq!((def.name, def.table, def.doc), ("Item", "items", "An item on stock.\n\nCounted once a year."));
    assert_eq!(def.uniques.iter().map(|unique| unique.columns).collect::<Vec<_>>(), [["shelf", "label"]]);
    assert_eq!(def.indexes.iter().map(|index| index.columns).collect::<Vec<_>>(), [&["label", "shelf"][..], &["label"]]);
    assert_eq!(def.routes, Verbs(&[Verb::List, Verb::Get]));
    assert_eq!(Mark::DEF.routes, Verbs::NONE);
    assert_eq!((def.permissions, Mark::DEF.permissions), (&[(Action::Read, "catalogue:read")][..], &[][..]));
}

#[test]
fn the_columns() {
    let column = |name| Item::DEF.column(name).expect("a column");
    let names: Vec<_> = Item::DEF.columns.iter().map(|column| column.name).collect();
    assert_eq!(names[..5], ["id", "version", "created_at", "updated_at", "shelf"]);
    assert_eq!(column("version").managed, Managed::Version);
    let shelf = column("shelf");
    assert_eq!((shelf.doc, shelf.default, shelf.readonly, shelf.max_len), ("Where it lies.", Some(Literal::Str("A1")), true, Some(8)));
    assert!(column("label").unique && column("label").nullable);
    let amount = column("amount");
    assert_eq!((amount.default, amount.sort, amount.index, amount.filter), (Some(Literal::Int(-1)), true, true, false));
    assert_eq!(column("active").default, Some(Literal::Bool(true)));
    let actions = ["part_of", "made_by", "made_of"].map(|name| column(name).on_delete);
    assert_eq!(actions, [OnDelete::Cascade, OnDelete::SetNull, OnDelete::Restrict]);
}

#[test]
fn the_words() {
    assert_eq!(Kind::WORDS, ["part", "vat_exempt", "sub-assembly"]);
    assert_eq!(format!("{:>6}{}", Kind::Part, Kind::SubAssembly), "  partsub-assembly");
    assert!(matches!(Kind::from_word("vat_exempt"), Some(Kind::VATExempt)));
    assert!(Kind::from_word("VAT_EXEMPT").is_none());
    assert_eq!(serde_json::to_string(&Kind::VATExempt).expect("JSON"), "\"vat_exempt\"");
    assert!(matches!(serde_json::from_str("\"part\""), Ok(Kind::Part)));
    let error = serde_json::from_str::<Kind>("\"whole\"").expect_err("no word").to_string();
    assert!(error.contains("unknown variant `whole`, expected one of `part`, `vat_exempt`, `sub-assembly`"), "{error}");
    let error = serde_json::from_str::<Kind>("7").expect_err("no text").to_string();
    assert!(error.contains("expected one of part, vat_exempt, sub-assembly"), "{error}");
}

#[test]
fn the_transfer_objects_of_a_private_struct() {
    assert_eq!(format!("{:?}", NewMark { kind: Kind::Part }), "NewMark { kind: Part }");
    assert_eq!(format!("{:?}", MarkPatch { kind: Kind::Part.into() }), "MarkPatch { kind: Set(Part) }");
    assert!(matches!(MarkPatch::default().kind, Field::Keep));
}
