//! The rows of open items, allocations and party balances.

use entity::accounts::{allocation, open_item, party_balance};
use entity::party::{customer, customer_group, payment_terms_instalment};
use entity::vocab::{AllocationId, Amount, CurrencyCode, OpenItemId, PaymentTermsId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::rules::PartyBook;
use crate::accounts::ledger::Party;
use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::{self, Reference, ReferenceColumns};

loader_by_id!(entity::accounts::open_item, OpenItemId);
loader_by_id!(entity::accounts::allocation, AllocationId);
loader_of_many!(
    /// Asks for the open items of a document, by its UUID.
    ItemsOf(Uuid),
    entity::accounts::open_item, DocumentId(|row| Some(row.document_id)),
    by Instalment
);
loader_of_many!(
    /// Asks for the allocations to a debt.
    PaidBy(OpenItemId),
    entity::accounts::allocation, DebitItemId(|row| Some(row.debit_item_id)),
    by Id
);
loader_of_many!(
    /// Asks for the allocations of a credit.
    UsedFor(OpenItemId),
    entity::accounts::allocation, CreditItemId(|row| Some(row.credit_item_id)),
    by Id
);

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;
/// Open items that one command looks at, those due first; what a payment leaves then stays as
/// credit, and can be allocated by another command.
const OPEN_MAX: u64 = 1_000;

const COLUMNS: ReferenceColumns<open_item::Column> = ReferenceColumns {
    id: open_item::Column::Id,
    key: open_item::Column::Number,
    external_id: open_item::Column::ExternalId,
};

/// Locks a party's balance in a currency until the transaction ends; makes it when there is none.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &Tx, party: Party, currency: &str) -> Result<party_balance::Model, DbErr> {
    use party_balance::Column::{Currency, PartyId, Version};
    let row = party_balance::ActiveModel {
        party_id: Set(party.uuid()),
        currency: Set(currency.to_owned()),
        customer_id: Set(party.customer()),
        supplier_id: Set(party.supplier()),
        open_amount: Set(Amount::ZERO),
        open_base: Set(Amount::ZERO),
        version: Set(1),
    };
    let next = Expr::col((party_balance::Entity, Version)).add(1_i64);
    let lock = OnConflict::columns([PartyId, Currency])
        .value(Version, next)
        .to_owned();
    party_balance::Entity::insert(row)
        .on_conflict(lock)
        .exec_with_returning(tx.conn())
        .await
}

/// Locks a party's balance and brings its open items, and those that are named, whatever is left
/// of them.
///
/// # Errors
/// The database's.
pub async fn load(
    tx: &Tx,
    (party, currency): (Party, &str),
    base_currency: CurrencyCode,
    named: &[&Reference<OpenItemId>],
) -> Result<PartyBook, DbErr> {
    let balance = lock(tx, party, currency).await?;
    let open = of_party(party)
        .filter(open_item::Column::Currency.eq(currency))
        .filter(open_item::Column::SettledOn.is_null())
        .order_by_asc(open_item::Column::DueOn)
        .order_by_asc(open_item::Column::Id)
        .limit(OPEN_MAX);
    let mut items = open.all(tx.conn()).await?;
    if !named.is_empty() {
        let named = of_party(party)
            .filter(open_item::Column::Currency.eq(currency))
            .filter(reference::any_of(named, &COLUMNS));
        items.extend(named.all(tx.conn()).await?);
    }
    Ok(PartyBook::of(party, base_currency, balance, items))
}

/// All items of a party.
#[must_use]
pub fn of_party(party: Party) -> Select<open_item::Entity> {
    open_item::Entity::find().filter(of(party))
}

/// That items are of a party.
#[must_use]
pub fn of(party: Party) -> Condition {
    Condition::all().add(match party {
        Party::Customer(id) => open_item::Column::CustomerId.eq(id),
        Party::Supplier(id) => open_item::Column::SupplierId.eq(id),
    })
}

/// All items of customers, for a list.
#[must_use]
pub fn of_customers() -> Select<open_item::Entity> {
    open_item::Entity::find().filter(open_item::Column::CustomerId.is_not_null())
}

/// That items are in a currency.
#[must_use]
pub fn in_currency(currency: &str) -> Condition {
    Condition::all().add(open_item::Column::Currency.eq(currency))
}

/// That something of them is left, if that is wanted.
#[must_use]
pub fn open(is_wanted: bool) -> Condition {
    let all = Condition::all();
    if is_wanted {
        all.add(open_item::Column::SettledOn.is_null())
    } else {
        all
    }
}

/// The first item that a reference names.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    by: &Reference<OpenItemId>,
) -> Result<Option<open_item::Model>, DbErr> {
    open_item::Entity::find()
        .filter(reference::any_of(&[by], &COLUMNS))
        .order_by_asc(open_item::Column::Instalment)
        .one(conn)
        .await
}

/// Items by their ids.
///
/// # Errors
/// The database's.
pub async fn by_ids(
    conn: &impl ConnectionTrait,
    ids: Vec<OpenItemId>,
) -> Result<Vec<open_item::Model>, DbErr> {
    let wanted = open_item::Column::Id.is_in(ids);
    open_item::Entity::find().filter(wanted).all(conn).await
}

/// The items of a document, by its UUID.
///
/// # Errors
/// The database's.
pub async fn of_document(
    conn: &impl ConnectionTrait,
    document: Uuid,
) -> Result<Vec<open_item::Model>, DbErr> {
    open_item::Entity::find()
        .filter(open_item::Column::DocumentId.eq(document))
        .order_by_asc(open_item::Column::Instalment)
        .all(conn)
        .await
}

/// An allocation, and whether it was taken back.
///
/// # Errors
/// The database's.
pub async fn allocation(
    conn: &impl ConnectionTrait,
    id: AllocationId,
) -> Result<Option<(allocation::Model, bool)>, DbErr> {
    use allocation::Column::{Id, ReversesId};
    let rows = allocation::Entity::find()
        .filter(Condition::any().add(Id.eq(id)).add(ReversesId.eq(id)))
        .all(conn)
        .await?;
    let is_back = rows.iter().any(|row| row.reverses_id == Some(id));
    let row = rows.into_iter().find(|row| row.id == id);
    Ok(row.map(|row| (row, is_back)))
}

/// The allocations of an item that stand: those that were not taken back.
///
/// # Errors
/// The database's.
pub async fn standing(
    conn: &impl ConnectionTrait,
    item: OpenItemId,
) -> Result<Vec<allocation::Model>, DbErr> {
    use allocation::Column::{CreditItemId, DebitItemId, Id};
    let of_item = Condition::any()
        .add(DebitItemId.eq(item))
        .add(CreditItemId.eq(item));
    let rows = allocation::Entity::find()
        .filter(of_item)
        .order_by_asc(Id)
        .all(conn)
        .await?;
    let taken: Vec<AllocationId> = rows.iter().filter_map(|row| row.reverses_id).collect();
    let stands = |row: &allocation::Model| row.reverses_id.is_none() && !taken.contains(&row.id);
    Ok(rows.into_iter().filter(stands).collect())
}

/// The terms of a customer, its own or its group's, and their instalments in order.
///
/// # Errors
/// The database's.
pub async fn terms(
    conn: &impl ConnectionTrait,
    customer: &customer::Model,
) -> Result<(Option<PaymentTermsId>, Vec<payment_terms_instalment::Model>), DbErr> {
    let mut terms = customer.payment_terms_id;
    if let (None, Some(group)) = (terms, customer.group_id) {
        let group = customer_group::Entity::find_by_id(group).one(conn).await?;
        terms = group.and_then(|group| group.payment_terms_id);
    }
    let Some(id) = terms else {
        return Ok((None, Vec::new()));
    };
    let instalments = payment_terms_instalment::Entity::find()
        .filter(payment_terms_instalment::Column::PaymentTermsId.eq(id))
        .order_by_asc(payment_terms_instalment::Column::Position)
        .all(conn)
        .await?;
    Ok((Some(id), instalments))
}

/// Writes what changed in a book: items, allocations, the balance; a fixed number of statements.
///
/// # Errors
/// The database's.
pub async fn record(tx: &Tx, book: &PartyBook) -> Result<(), TxError> {
    use open_item::Column;
    let items: Vec<_> = book.changed().cloned().collect();
    let update = OnConflict::column(Column::Id)
        .update_columns([
            Column::OpenAmount,
            Column::OpenBase,
            Column::ChangedOn,
            Column::SettledOn,
        ])
        .to_owned();
    for rows in items.chunks(ROWS_MAX) {
        let rows = rows
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        open_item::Entity::insert_many(rows)
            .on_conflict(update.clone())
            .exec_without_returning(tx.conn())
            .await?;
    }
    for rows in book.allocations().chunks(ROWS_MAX) {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        allocation::Entity::insert_many(rows)
            .exec_without_returning(tx.conn())
            .await?;
    }
    let balance = book.balance();
    let changed = party_balance::ActiveModel {
        open_amount: Set(balance.open_amount),
        open_base: Set(balance.open_base),
        ..Default::default()
    };
    party_balance::Entity::update_many()
        .set(changed)
        .filter(party_balance::Column::PartyId.eq(balance.party_id))
        .filter(party_balance::Column::Currency.eq(balance.currency.clone()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// What a party owes, by currency.
///
/// # Errors
/// The database's.
pub async fn balances(
    conn: &impl ConnectionTrait,
    party: Party,
) -> Result<Vec<party_balance::Model>, DbErr> {
    party_balance::Entity::find()
        .filter(party_balance::Column::PartyId.eq(party.uuid()))
        .order_by_asc(party_balance::Column::Currency)
        .all(conn)
        .await
}

loader_of_many!(
    /// Asks for what a party owes, by its UUID.
    BalancesOf(Uuid),
    entity::accounts::party_balance, PartyId(|row| Some(row.party_id)),
    by Currency
);
