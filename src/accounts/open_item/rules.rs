//! The working copy of a party's open items on which commands are decided: pure.
//!
//! Every method keeps the invariants: an item is open by its amount minus what was allocated, the
//! balance is the sum of what is open, and what an allocation changes in the base currency is
//! booked as an exchange difference.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::accounts::{allocation, open_item, party_balance};
use entity::vocab::{
    Account, AllocationId, Amount, CurrencyCode, DocumentKind, ExchangeRate, OpenItemId, Quantity,
};
use uuid::Uuid;

use crate::accounts::ledger::{Entry, Line, Party, Posting};
use crate::platform::input::is_bookable;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};

/// A document, or an instalment of it, that is about to be owed.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The document.
    pub document: (DocumentKind, Uuid),
    /// Its number.
    pub number: String,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// Which instalment, from 1.
    pub instalment: i32,
    /// When it is to be paid.
    pub due_on: NaiveDate,
    /// What one unit of the currency is worth in the base currency.
    pub exchange_rate: ExchangeRate,
    /// What the party owes, above zero, or is owed, below.
    pub amount: Amount,
    /// The same in the base currency.
    pub base_amount: Amount,
    /// Why, where the document does not say it.
    pub note: Option<String>,
}

/// A party's items in one currency.
#[derive(Clone, Debug)]
pub struct PartyBook {
    party: Party,
    base_currency: CurrencyCode,
    balance: party_balance::Model,
    items: BTreeMap<OpenItemId, open_item::Model>,
    changed: BTreeSet<OpenItemId>,
    allocations: Vec<allocation::Model>,
}

impl PartyBook {
    /// A book of the balance that is locked, and items that were read since.
    #[must_use]
    pub fn of(
        party: Party,
        base_currency: CurrencyCode,
        balance: party_balance::Model,
        items: Vec<open_item::Model>,
    ) -> Self {
        Self {
            party,
            base_currency,
            balance,
            items: items.into_iter().map(|item| (item.id, item)).collect(),
            changed: BTreeSet::new(),
            allocations: Vec::new(),
        }
    }

    /// Whose items they are.
    #[must_use]
    pub fn party(&self) -> Party {
        self.party
    }

    /// The balance as it is now.
    #[must_use]
    pub fn balance(&self) -> &party_balance::Model {
        &self.balance
    }

    /// Items that are new or changed.
    pub fn changed(&self) -> impl Iterator<Item = &open_item::Model> {
        self.changed.iter().map(|id| &self.items[id])
    }

    /// New allocations.
    #[must_use]
    pub fn allocations(&self) -> &[allocation::Model] {
        &self.allocations
    }

    /// An item that was loaded or made here.
    #[must_use]
    pub fn item(&self, id: OpenItemId) -> Option<&open_item::Model> {
        self.items.get(&id)
    }

    /// All items that were loaded or made here.
    pub fn items(&self) -> impl Iterator<Item = &open_item::Model> {
        self.items.values()
    }

    /// Open debts, or open credits, those due first at the front.
    #[must_use]
    pub fn open(&self, side: Side) -> Vec<OpenItemId> {
        let mut open: Vec<&open_item::Model> = self
            .items
            .values()
            .filter(|item| side.has(item) && !item.open_amount.is_zero())
            .collect();
        open.sort_by_key(|item| (item.due_on, item.date, item.id));
        open.into_iter().map(|item| item.id).collect()
    }

    /// Whether the balance can take on so much more and still be reckoned with.
    #[must_use]
    pub fn has_room(&self, amount: Amount, base: Amount) -> bool {
        let fits = |now: Amount, more: Amount| {
            let sum = now.checked_add(more);
            sum.is_some_and(|sum| is_bookable(sum.0))
        };
        fits(self.balance.open_amount, amount) && fits(self.balance.open_base, base)
    }

    /// Opens an item.
    pub fn add(&mut self, posting: Posting, new: NewItem) -> OpenItemId {
        let id = OpenItemId::generate();
        self.balance.open_amount.0 += new.amount.0;
        self.balance.open_base.0 += new.base_amount.0;
        let item = open_item::Model {
            id,
            customer_id: self.party.customer(),
            supplier_id: self.party.supplier(),
            document_kind: new.document.0,
            document_id: new.document.1,
            number: new.number,
            external_id: new.external_id,
            instalment: new.instalment,
            date: posting.date,
            due_on: new.due_on,
            currency: self.balance.currency.clone(),
            exchange_rate: new.exchange_rate,
            amount: new.amount,
            open_amount: new.amount,
            base_amount: new.base_amount,
            open_base: new.base_amount,
            changed_on: posting.date,
            settled_on: None,
            note: new.note,
            operation_id: posting.operation_id,
            created_by: posting.actor,
            created_at: posting.now,
        };
        self.items.insert(id, item);
        self.changed.insert(id);
        id
    }

    /// Gives the items of a document their number, once nothing can be refused any more.
    pub fn set_number(&mut self, document: Uuid, number: &str) {
        let of_document = |item: &&mut open_item::Model| item.document_id == document;
        for item in self.items.values_mut().filter(of_document) {
            number.clone_into(&mut item.number);
        }
    }

    /// Uses so much of a credit for a debt; neither has less open. It belongs to the latest of the
    /// posting's day and the days of both.
    pub fn allocate(
        &mut self,
        posting: Posting,
        (debit, credit): (OpenItemId, OpenItemId),
        amount: Amount,
    ) {
        let (debt, paid) = (&self.items[&debit], &self.items[&credit]);
        let row = allocation::Model {
            id: AllocationId::generate(),
            debit_item_id: debit,
            credit_item_id: credit,
            amount,
            debit_base: self.part(debt.open_base, amount, debt.open_amount),
            credit_base: self.part(-paid.open_base, amount, -paid.open_amount),
            date: posting.date.max(debt.date).max(paid.date),
            reverses_id: None,
            operation_id: posting.operation_id,
            recorded_at: posting.now,
            recorded_by: posting.actor,
        };
        self.enter(row);
    }

    /// What a part of something open is worth in the base currency; the last part takes the rest.
    fn part(&self, base: Amount, part: Amount, whole: Amount) -> Amount {
        let share = base.share(Quantity(part.0), Quantity(whole.0));
        if part == whole {
            share
        } else {
            share.rounded(self.base_currency)
        }
    }

    /// What a part of what is left of an item is worth in the base currency, without its sign.
    #[must_use]
    pub fn base_of(&self, id: OpenItemId, part: Amount) -> Amount {
        let item = &self.items[&id];
        let is_credit = Side::of(item) == Side::Credit;
        let (base, open) = (item.open_base, item.open_amount);
        if is_credit {
            self.part(-base, part, -open)
        } else {
            self.part(base, part, open)
        }
    }

    /// Takes an allocation back: both of its items are open by so much again.
    pub fn take_back(&mut self, posting: Posting, row: &allocation::Model) {
        self.enter(allocation::Model {
            id: AllocationId::generate(),
            amount: -row.amount,
            debit_base: -row.debit_base,
            credit_base: -row.credit_base,
            date: posting.date.max(row.date),
            reverses_id: Some(row.id),
            operation_id: posting.operation_id,
            recorded_at: posting.now,
            recorded_by: posting.actor,
            ..row.clone()
        });
    }

    fn enter(&mut self, row: allocation::Model) {
        self.change(row.debit_item_id, row.date, (-row.amount, -row.debit_base));
        self.change(row.credit_item_id, row.date, (row.amount, row.credit_base));
        self.balance.open_base.0 += row.credit_base.0 - row.debit_base.0;
        self.allocations.push(row);
    }

    fn change(&mut self, id: OpenItemId, date: NaiveDate, (amount, base): (Amount, Amount)) {
        let item = self.items.get_mut(&id).expect("both items were loaded");
        item.open_amount.0 += amount.0;
        item.open_base.0 += base.0;
        item.changed_on = item.changed_on.max(date);
        item.settled_on = item.open_amount.is_zero().then_some(item.changed_on);
        self.changed.insert(id);
    }

    /// Uses what is left of an item against the open items of the other side, those due first
    /// first; what is left then stays open.
    pub fn settle_oldest_first(&mut self, posting: Posting, id: OpenItemId) {
        let side = Side::of(&self.items[&id]);
        for other in self.open(side.other()) {
            self.settle(posting, id, other, None);
        }
    }

    /// Uses what is left of an item against another one of the other side, at most so much; how
    /// much it was.
    pub fn settle(
        &mut self,
        posting: Posting,
        id: OpenItemId,
        other: OpenItemId,
        at_most: Option<Amount>,
    ) -> Amount {
        let left = |id: &OpenItemId| self.items[id].open_amount.0.abs();
        let most = at_most.map_or(i64::MAX, |most| most.0);
        let amount = Amount(left(&id).min(left(&other)).min(most));
        if amount.is_positive() {
            let pair = match Side::of(&self.items[&id]) {
                Side::Debt => (id, other),
                Side::Credit => (other, id),
            };
            self.allocate(posting, pair, amount);
        }
        amount
    }

    /// The exchange differences of the new allocations, as entries of their days.
    #[must_use]
    pub fn differences(&self, posting: Posting, document: (DocumentKind, Uuid)) -> Vec<Entry> {
        let mut days: BTreeMap<NaiveDate, Vec<Line>> = BTreeMap::new();
        for row in &self.allocations {
            let gained = Amount(row.credit_base.0 - row.debit_base.0);
            let lines = days.entry(row.date).or_default();
            lines.push(Line::owed(self.party, gained));
            lines.push(Line::credit(Account::ExchangeDifference, gained));
        }
        let entry = |(date, lines)| Entry::of(Posting { date, ..posting }, document, lines);
        days.into_iter().filter_map(entry).collect()
    }
}

/// What an item is to be used for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The document, or an instalment of it.
    pub document: Reference<OpenItemId>,
    /// How much of it; as much as is open and left when none.
    pub amount: Option<Amount>,
}

/// Whether a reference names this item: by its id, or by the number or the external id of its
/// document.
#[must_use]
pub fn names(reference: &Reference<OpenItemId>, item: &open_item::Model) -> bool {
    match reference {
        Reference::Id(id) => item.id == *id,
        Reference::Key(number) => item.number == *number,
        Reference::ExternalId(id) => item.external_id.as_ref() == Some(id),
        Reference::Unusable => false,
    }
}

/// Uses what is left of an item for what is wanted, one after another; what is wrong with it. When
/// the numbers are not to be judged, for some could not be read, only references are.
pub fn apply(
    book: &mut PartyBook,
    (posting, id): (Posting, OpenItemId),
    wanted: &[Wanted],
    judges_numbers: bool,
) -> Vec<Rejection> {
    let side = Side::of(&book.items[&id]).other();
    let mut rejections = Vec::new();
    for (index, one) in wanted.iter().enumerate() {
        let path = Path::input().at("allocations").at(index);
        let mut found: Vec<&open_item::Model> = book
            .items()
            .filter(|item| side.has(item) && names(&one.document, item))
            .collect();
        if found.is_empty() {
            if one.document != Reference::Unusable {
                let problem = Problem::NotFound("open item of this customer and currency");
                rejections.push(Rejection::new(path.at("document"), problem));
            }
            continue;
        }
        if !judges_numbers {
            continue;
        }
        found.sort_by_key(|item| (item.due_on, item.instalment, item.id));
        let open = Amount(found.iter().map(|item| item.open_amount.0.abs()).sum());
        let left = Amount(book.items[&id].open_amount.0.abs());
        match judge(one, open, left) {
            Ok(mut rest) => {
                let found: Vec<OpenItemId> = found.iter().map(|item| item.id).collect();
                for other in found {
                    rest.0 -= book.settle(posting, id, other, Some(rest)).0;
                }
            }
            Err((field, message)) => rejections.push(Rejection::invalid(path.at(field), message)),
        }
    }
    rejections
}

fn judge(one: &Wanted, open: Amount, left: Amount) -> Result<Amount, (&'static str, String)> {
    if open.is_zero() {
        let message = "Nothing of it is open any more. Leave it out.".to_owned();
        return Err(("document", message));
    }
    let Some(amount) = one.amount else {
        if left.is_zero() {
            let message = "Nothing is left to allocate to it. Leave it out.".to_owned();
            return Err(("document", message));
        }
        return Ok(Amount(open.0.min(left.0)));
    };
    if amount > open {
        return Err(("amount", format!("Is too much: only {open} of it is open.")));
    }
    if amount > left {
        return Err((
            "amount",
            format!("Is too much: only {left} is left to allocate."),
        ));
    }
    Ok(amount)
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The party owes it.
    Debt,
    /// It is owed to the party.
    Credit,
}

impl Side {
    /// The side of an item.
    #[must_use]
    pub fn of(item: &open_item::Model) -> Self {
        if item.amount.is_positive() {
            Self::Debt
        } else {
            Self::Credit
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Debt => Self::Credit,
            Self::Credit => Self::Debt,
        }
    }

    fn has(self, item: &open_item::Model) -> bool {
        Self::of(item) == self
    }
}
