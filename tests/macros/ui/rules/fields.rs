use tenantry::{Id, Money, Stamps, tenant_model};

#[tenant_model(table = "orders", unique(number, numbr), index(number, number), unique(total), index(tenant_id), index(stamps), index(a), index(a))]
pub struct Order {
    pub id: Id<Order>,
    pub number: String,
    pub tenant_id: uuid::Uuid,
    #[model(max_len = 3)]
    pub count: i32,
    #[model(references(on_delete = "cascade"))]
    pub name: String,
    #[model(references(on_delete = "set null"))]
    pub parent: Id<Order>,
    #[model(sort)]
    pub a: Option<i64>,
    #[model(filter, sort, unique)]
    pub total: Money,
    #[model(flatten, unique, readonly, max_len = 3)]
    pub stamps: Stamps,
    #[model(default = "x")]
    pub flag: bool,
    #[model(default = 2147483648)]
    pub small: i32,
    #[model(default = 9007199254740992)]
    pub wide: i64,
    #[model(default = true)]
    pub text: Option<String>,
    #[model(default = 0)]
    pub price: Option<Money>,
}

fn main() {}
