//! Plays the plan: what happens on a day together, day after day.

mod bought;
mod sold;
mod stored;

pub use sold::{bill_name, order_name};

use std::collections::BTreeMap;
use std::mem::discriminant;

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::Failure;
use super::api::Api;
use super::company::{Company, Extent};
use super::demand::Line;
use super::plan::{Plan, Step};
use super::progress::Progress;
use super::records;

/// The year, and what was made of it so far.
pub struct History<'a> {
    /// Who does it.
    pub api: Api,
    /// Who approves what that one wrote.
    pub manager: Api,
    /// Whose history it is.
    pub company: &'a Company,
    /// From when to when.
    pub extent: Extent,
    /// What is going to happen.
    pub plan: &'a Plan,
    /// Who hears of it.
    pub progress: &'a Progress,
    /// What was made.
    pub made: Made,
}

/// A purchase order that was made.
#[derive(Clone, Debug, Default)]
pub struct Bought {
    /// Its id.
    pub id: String,
    /// The ids of its lines.
    pub lines: Vec<String>,
}

/// A return that was asked for.
#[derive(Clone, Debug, Default)]
pub struct Back {
    /// Its id.
    pub id: String,
    /// The id of its line.
    pub line: String,
}

/// What was made, by its place in the plan.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Purchase orders.
    pub purchases: BTreeMap<usize, Bought>,
    /// The ids of transfers.
    pub transfers: BTreeMap<usize, String>,
    /// The ids of fulfilments, by order.
    pub fulfilments: BTreeMap<usize, String>,
    /// The ids of the fulfilment lines of orders that something comes back of, by SKU.
    pub shipped: BTreeMap<usize, BTreeMap<String, String>>,
    /// What is owed for an order.
    pub owed: BTreeMap<usize, Decimal>,
    /// Returns.
    pub returns: BTreeMap<usize, Back>,
}

/// The places of the records that one kind of step is about on a day.
type Places = Vec<usize>;

impl History<'_> {
    /// What is there on the first day.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn open(&self) -> Result<(), Failure> {
        for (place, lines) in self.plan.opening.iter().enumerate() {
            let lines: Vec<Json> = lines
                .iter()
                .map(|line| {
                    let mut input = self.line(line);
                    input["unitCost"] = json!(self.base_cost(line.variant, 0));
                    input
                })
                .collect();
            let input = json!({
                "warehouse": self.warehouse(place), "date": self.extent.date(0),
                "note": "What was there when the books were opened", "lines": lines,
            });
            self.api.one("goodsReceiptPost", "", input).await?;
        }
        Ok(())
    }

    /// Plays all of it.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn play(&mut self) -> Result<(), Failure> {
        let steps = &self.plan.steps;
        let same = |one: &(i64, Step), other: &(i64, Step)| {
            one.0 == other.0 && discriminant(&one.1) == discriminant(&other.1)
        };
        for together in steps.chunk_by(same) {
            let (day, kind) = together[0];
            let places = together.iter().filter_map(|(_, step)| place(*step));
            let found: Places = places.collect();
            match kind {
                Step::Rate => self.set_rate(day).await?,
                Step::Arrive(..) => self.arrive(day, together).await?,
                Step::TransferIn(_) => self.transfer_in(day, &found).await?,
                Step::TransferOut(_) => self.transfer_out(day, &found).await?,
                Step::Count(_) => self.count(day, &found).await?,
                Step::Buy(_) => self.buy(day, &found).await?,
                Step::Finish(_) => self.finish(&found).await?,
                Step::Place(_) => self.place(day, &found).await?,
                Step::Ship(_) => self.ship(day, &found).await?,
                Step::Deliver(_) => self.deliver(day, &found).await?,
                Step::Bill(_) => self.bill(day, &found).await?,
                Step::Pay(_) => self.pay(day, &found).await?,
                Step::RequestReturn(_) => self.request_returns(day, &found).await?,
                Step::ApproveReturn(_) => self.approve_returns(&found).await?,
                Step::ReceiveReturn(_) => self.receive_returns(day, &found).await?,
                Step::Inspect(_) => self.inspect(day, &found).await?,
                Step::CreditReturn(_) => self.credit_returns(day, &found).await?,
                Step::CloseReturn(_) => self.close_returns(&found).await?,
            }
            self.progress.done(together.len());
        }
        Ok(())
    }

    /// A warehouse in an input.
    pub fn warehouse(&self, place: usize) -> Json {
        json!({ "code": super::customers::WAREHOUSES[place].0 })
    }

    /// A line in an input.
    pub fn line(&self, line: &Line) -> Json {
        records::line(&self.company.catalog, line.variant, line.quantity)
    }

    /// What a piece costs in the company's currency.
    fn base_cost(&self, variant: usize, day: i64) -> Decimal {
        let variant = &self.company.catalog.variants[variant];
        let supplier = variant.supplier.map(|place| &self.company.suppliers[place]);
        match supplier {
            Some(supplier) if supplier.currency != "EUR" => (variant.cost * rate(day)).round_dp(4),
            _ => variant.cost,
        }
    }
}

/// About how many commands there are until the end of the history.
#[must_use]
pub fn commands(company: &Company, plan: &Plan) -> usize {
    let parties = company.suppliers.len() + company.customers.len();
    let goods = company.catalog.products.len() + company.catalog.variants.len();
    parties + goods + plan.steps.len()
}

/// What a dollar is worth on a day.
#[must_use]
pub fn rate(day: i64) -> Decimal {
    Decimal::new(9_050 + (day / 30 * 7) % 11 * 35, 4)
}

/// The place of the record that a step is about.
fn place(step: Step) -> Option<usize> {
    match step {
        Step::Rate => None,
        Step::Arrive(place, _)
        | Step::TransferIn(place)
        | Step::Inspect(place)
        | Step::TransferOut(place)
        | Step::Place(place)
        | Step::Ship(place)
        | Step::Deliver(place)
        | Step::Bill(place)
        | Step::Pay(place)
        | Step::RequestReturn(place)
        | Step::ApproveReturn(place)
        | Step::ReceiveReturn(place)
        | Step::CreditReturn(place)
        | Step::CloseReturn(place)
        | Step::Count(place)
        | Step::Buy(place)
        | Step::Finish(place) => Some(place),
    }
}
