//! The models of this suite.

use tenantry::{Conventions, Date, Entry, Id, ModelEnum, Money, Stamps, Timestamp, tenant_model};

/// A customer.
#[tenant_model(table = "customers")]
pub(crate) struct Customer {
    /// The key.
    pub(crate) id: Id<Customer>,
    /// The short name.
    #[model(unique, max_len = 32, filter, sort)]
    pub(crate) code: String,
    /// The name.
    #[model(max_len = 200, filter)]
    pub(crate) name: Option<String>,
    /// A text of any length, with an index.
    #[model(filter)]
    pub(crate) tag: Option<String>,
    /// Whether we deliver.
    #[model(filter, default = "active")]
    pub(crate) status: Status,
    /// How much may be open.
    pub(crate) credit_limit: Option<Money>,
    /// How important.
    #[model(filter, sort, default = 5)]
    pub(crate) rank: i32,
    /// What was bought, over the years.
    #[model(filter, sort, default = 0)]
    pub(crate) bought: i64,
    /// Whether to write to them.
    #[model(filter, default = true)]
    pub(crate) letters: bool,
    /// The first order.
    #[model(filter)]
    pub(crate) since: Option<Date>,
    /// The last call.
    #[model(filter)]
    pub(crate) called_at: Option<Timestamp>,
    /// The key in another system.
    #[model(filter)]
    pub(crate) external: Option<uuid::Uuid>,
    /// What is open: only rules change it.
    #[model(readonly)]
    pub(crate) balance: Option<i64>,
    /// The customer that this one belongs to.
    #[model(filter, references(on_delete = "set null"))]
    pub(crate) parent: Option<Id<Customer>>,
    /// When it was changed.
    #[model(flatten)]
    pub(crate) stamps: Stamps,
}

/// Whether we deliver.
#[derive(Clone, Copy, Debug, Eq, ModelEnum, PartialEq)]
pub(crate) enum Status {
    /// We do.
    Active,
    /// Not now.
    OnHold,
}

/// An order of a customer.
#[tenant_model(table = "orders", unique(customer, number), routes(list, create, get))]
pub(crate) struct Order {
    /// The key.
    pub(crate) id: Id<Order>,
    /// Whose.
    pub(crate) customer: Id<Customer>,
    /// The number.
    pub(crate) number: i32,
}

/// Something without routes.
#[tenant_model(table = "notes", routes = false)]
pub(crate) struct Note {
    /// The key.
    pub(crate) id: Id<Note>,
}

/// Somebody's way in, with a secret of every kind that can be marked.
#[tenant_model(table = "accounts")]
pub(crate) struct Account {
    /// The key.
    pub(crate) id: Id<Account>,
    /// The name.
    #[model(unique, max_len = 32, filter, sort)]
    pub(crate) login: String,
    /// What is known to its owner alone.
    #[model(secret, max_len = 4000, index)]
    pub(crate) password: String,
    /// A number.
    #[model(secret)]
    pub(crate) pin: Option<i64>,
    /// A key that is handed out.
    #[model(secret)]
    pub(crate) token: Option<uuid::Uuid>,
    /// An amount that nobody else hears of.
    #[model(secret)]
    pub(crate) offer: Option<Money>,
    /// What a rule has found out.
    #[model(secret, readonly)]
    pub(crate) hint: Option<String>,
    /// When it was changed.
    #[model(flatten)]
    pub(crate) stamps: Stamps,
}

pub(crate) const MODELS: &[Entry] = &[Entry::of::<Customer>(), Entry::of::<Order>(), Entry::of::<Note>(), Entry::of::<Account>()];
pub(crate) const CONVENTIONS: Conventions = Conventions::DEFAULT;
