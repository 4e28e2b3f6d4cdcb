//! What is open on the day the demo is made: documents in every state, so that every list of a
//! screen has something in it.

mod fulfilments;
mod money;
mod orders;
mod purchases;
mod returns;
mod stock;

use serde_json::{Value as Json, json};

use super::Failure;
use super::api::{Api, text, texts};
use super::demand::Line;
use super::history::History;
use super::plan::Shelf;
use super::seed::{Dice, Purpose};

/// About so many commands.
pub const COMMANDS: usize = 225;

/// What is done at the end of a history.
pub struct Open<'h, 'a> {
    history: &'h History<'a>,
    api: Api,
    shelf: Shelf,
    dice: Dice,
}

/// A sales order that was made.
struct Placed {
    id: String,
    lines: Vec<String>,
}

impl Placed {
    /// The order in an input.
    fn by(&self) -> Json {
        json!({ "id": self.id })
    }
}

impl<'h, 'a> Open<'h, 'a> {
    /// Goes on where the history ends.
    #[must_use]
    pub fn new(history: &'h History<'a>) -> Self {
        Self {
            history,
            api: history.api.clone(),
            shelf: history.plan.left.clone(),
            dice: Dice::new(history.extent.seed, Purpose::Open),
        }
    }

    /// Makes all of it.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn make(&mut self) -> Result<(), Failure> {
        self.policies().await?;
        self.holds().await?;
        self.quotations().await?;
        self.orders().await?;
        self.fulfilments().await?;
        self.purchases().await?;
        self.transfers().await?;
        self.corrections().await?;
        self.counts().await?;
        self.returns().await?;
        self.money().await
    }

    /// The date so many days ago.
    fn ago(&self, days: i64) -> Json {
        let extent = &self.history.extent;
        json!(extent.date(extent.days - days))
    }

    /// So many pieces of some variants of which there is enough; fewer where a small company has
    /// no more.
    fn plenty(&mut self, warehouse: usize, lines: usize, mut pieces: i64) -> Vec<Line> {
        loop {
            let found = self.enough(warehouse, lines, pieces);
            if !found.is_empty() || pieces == 1 {
                return found;
            }
            pieces /= 2;
        }
    }

    fn enough(&mut self, warehouse: usize, lines: usize, pieces: i64) -> Vec<Line> {
        let variants = &self.history.company.catalog.variants;
        let count = variants.len();
        let first = self.dice.between(0, count as i64 - 1) as usize;
        let mut found = Vec::new();
        // Steps of a number that has no divisor in common with theirs come to each once.
        let places = (0..count).map(|step| (first + step * 7) % count);
        for variant in places {
            let free = self.shelf.free(variant, warehouse) - variants[variant].stays;
            if variants[variant].supplier.is_some() && free >= pieces + pieces.min(6) {
                found.push(Line {
                    variant,
                    quantity: pieces,
                });
                self.shelf.change(variant, warehouse, -pieces);
            }
            if found.len() == lines {
                break;
            }
        }
        found
    }

    /// Lines of an input.
    fn lines(&self, lines: &[Line]) -> Json {
        lines.iter().map(|line| self.history.line(line)).collect()
    }

    /// A customer places an order at the main warehouse, so many days ago.
    async fn place(&self, customer: &str, days: i64, lines: &[Line]) -> Result<Placed, Failure> {
        let more = json!({ "onCreditLimit": "IGNORE" });
        self.place_with(customer, (days, more), lines).await
    }

    /// The same, with more to be said.
    async fn place_with(
        &self,
        customer: &str,
        (days, more): (i64, Json),
        lines: &[Line],
    ) -> Result<Placed, Failure> {
        let mut input = json!({
            "customer": { "code": customer }, "warehouse": self.history.warehouse(0),
            "date": self.ago(days), "lines": self.lines(lines),
        });
        if let (Some(input), Json::Object(more)) = (input.as_object_mut(), more) {
            input.extend(more);
        }
        let selection = "salesOrder { id lines { id } }";
        let payload = self.api.one("salesOrderPlace", selection, input).await?;
        Ok(Placed {
            id: text(&payload, "/salesOrder/id")?,
            lines: texts(&payload, "/salesOrder/lines", "/id")?,
        })
    }

    /// Ships an order, so many days ago; the ids of the fulfilment lines.
    async fn ship(&self, order: &Placed, days: i64) -> Result<Vec<String>, Failure> {
        let input = json!({ "salesOrder": order.by(), "date": self.ago(days) });
        let selection = "fulfilments { lines { id } }";
        let payload = self.api.one("fulfilmentShip", selection, input).await?;
        texts(&payload, "/fulfilments/0/lines", "/id")
    }

    /// Bills what was shipped of an order, so many days ago; the bill's id.
    async fn bill(&self, order: &Placed, days: i64) -> Result<String, Failure> {
        let input = json!({ "salesOrder": order.by(), "date": self.ago(days) });
        let payload = self.api.one("invoicePost", "invoice { id }", input).await?;
        text(&payload, "/invoice/id")
    }
}
