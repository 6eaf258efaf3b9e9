//! What `oracle/shop.sql` holds, as the generator sees it.

/// The type of a column or an expression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Int,
    Text,
    Uuid,
    Bool,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Int, Self::Text, Self::Uuid, Self::Bool];
}

/// What a new row may have in a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fill {
    Tenant,
    /// A number that may be taken already.
    Key,
    /// The number of a row that there is, or null.
    Reference,
    Number,
    /// A word that may be null.
    Word,
    /// A word that is part of a key.
    Name,
    /// Unique over all tenants.
    Code,
    Country,
    Identity,
    Flag,
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) fill: Fill,
}

/// A table or a view.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) schema: &'static str,
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    /// The columns of each unique key.
    pub(crate) keys: &'static [&'static str],
}

impl Table {
    /// Whether it has rows of tenants.
    pub(crate) fn is_fenced(&self) -> bool {
        self.fields.iter().any(|field| field.fill == Fill::Tenant)
    }
}

const fn field(name: &'static str, kind: Kind, fill: Fill) -> Field {
    Field { name, kind, fill }
}

const TENANT: Field = field("tenant_id", Kind::Uuid, Fill::Tenant);
const ID: Field = field("id", Kind::Int, Fill::Key);

/// Those that statements write.
pub(crate) const TABLES: &[Table] = &[
    Table {
        schema: "app",
        name: "customers",
        fields: &[
            TENANT,
            ID,
            field("name", Kind::Text, Fill::Name),
            field("city", Kind::Text, Fill::Word),
            field("country", Kind::Text, Fill::Country),
            field("credit", Kind::Int, Fill::Number),
            field("owner", Kind::Uuid, Fill::Identity),
        ],
        keys: &["tenant_id, id", "tenant_id, name"],
    },
    Table {
        schema: "app",
        name: "orders",
        fields: &[
            TENANT,
            ID,
            field("customer_id", Kind::Int, Fill::Reference),
            field("parent_id", Kind::Int, Fill::Reference),
            field("status", Kind::Text, Fill::Word),
            field("total", Kind::Int, Fill::Number),
            field("open", Kind::Bool, Fill::Flag),
        ],
        keys: &["tenant_id, id"],
    },
    Table {
        schema: "app",
        name: "lines",
        fields: &[
            TENANT,
            field("order_id", Kind::Int, Fill::Key),
            ID,
            field("product_id", Kind::Int, Fill::Reference),
            field("amount", Kind::Int, Fill::Number),
        ],
        keys: &["tenant_id, order_id, id"],
    },
    Table {
        schema: "app",
        name: "products",
        fields: &[
            TENANT,
            ID,
            field("sku", Kind::Text, Fill::Name),
            field("kind", Kind::Text, Fill::Word),
            field("price", Kind::Int, Fill::Number),
        ],
        keys: &["tenant_id, id", "tenant_id, sku"],
    },
    Table {
        schema: "app",
        name: "coupons",
        fields: &[TENANT, ID, field("code", Kind::Text, Fill::Code), field("value", Kind::Int, Fill::Number)],
        keys: &["tenant_id, id", "code"],
    },
    Table {
        schema: "app",
        name: "notes",
        fields: &[
            TENANT,
            ID,
            field("customer_id", Kind::Int, Fill::Reference),
            field("body", Kind::Text, Fill::Word),
            field("author", Kind::Uuid, Fill::Identity),
            field("done", Kind::Bool, Fill::Flag),
        ],
        keys: &["tenant_id, id"],
    },
];

/// A field of a composite column of `notes`, which can be written by itself.
pub(crate) const MARK: Field = field("mark.author", Kind::Uuid, Fill::Identity);

/// A view that runs with its reader's rights and shows the tenant.
pub(crate) const CARDS: Table = Table {
    schema: "app",
    name: "cards",
    fields: &[
        TENANT,
        ID,
        field("name", Kind::Text, Fill::Name),
        field("city", Kind::Text, Fill::Word),
        field("credit", Kind::Int, Fill::Number),
    ],
    keys: &[],
};

/// A table that all tenants share.
pub(crate) const COUNTRIES: Table = Table {
    schema: "ref",
    name: "countries",
    fields: &[field("code", Kind::Text, Fill::Country), field("name", Kind::Text, Fill::Word), field("rank", Kind::Int, Fill::Number)],
    keys: &[],
};
