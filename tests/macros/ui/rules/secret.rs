use tenantry::{Id, Stamps, tenant_model};

#[tenant_model(table = "accounts", unique(name, token), index(token))]
pub struct Account {
    #[model(secret)]
    pub id: Id<Account>,
    pub name: String,
    #[model(secret, index)]
    pub token: String,
    #[model(secret, filter, sort, max_len = 97)]
    pub password: String,
    #[model(secret, unique)]
    pub pin: i64,
    #[model(secret, default = "opensesame")]
    pub word: String,
    #[model(secret)]
    pub next: Option<Id<Account>>,
    #[model(secret = true)]
    pub answer: String,
    #[model(secret, search)]
    pub question: String,
    #[model(secret, flatten)]
    pub stamps: Stamps,
}

fn main() {
    // The struct is a model all the same, so nothing below is an error of its own.
    let shown = |new: &NewAccount, patch: &AccountPatch, row: &Account| format!("{new:?} {patch:?} {row:?}");
    let _ = shown;
}
