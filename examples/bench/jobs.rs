//! What is asked.

use std::sync::Arc;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::{Api, Outcome, body, bytes_of::Body};
use crate::company::{self, CUSTOMERS, WAREHOUSES, sku};
use crate::load::Bodies;

/// Pages, and levels, that are asked for by turns: as many as there are scripts of `pgbench`.
pub const TURNS: usize = 16;
/// Lines of an order.
pub const LINES: usize = 3;

const LIST: &str = "query($after: String) { productVariants(first: 50, after: $after) { \
     nodes { id sku name price product { name } \
     stockLevels { onHand available warehouse { code } } } \
     pageInfo { endCursor hasNextPage } } }";
const LOOKUP: &str = "query($sku: String!) { \
     stockLevel(variant: { sku: $sku }, warehouse: { code: \"MAIN\" }) { \
     onHand reserved available version } }";
const ORDER: &str = "mutation($input: SalesOrderPlaceInput!) { salesOrderPlace(input: $input) { \
     salesOrder { id number gross { amount } } errors { code message path } } }";

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Job {
    /// 50 variants with their product and their stock in each warehouse.
    List,
    /// The stock of one variant in one warehouse.
    Lookup,
    /// An order of three lines, placed.
    Order,
}

impl Job {
    /// How it is called in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list of 50 variants with stock",
            Self::Lookup => "one stock level",
            Self::Order => "order of three lines",
        }
    }
}

/// The requests of every kind.
pub struct Requests {
    /// Pages of the list.
    pub lists: Vec<Body>,
    /// Single levels.
    pub lookups: Vec<Body>,
    variants: usize,
}

impl Requests {
    /// Finds the pages of the list.
    pub async fn find(api: &Api, variants: usize) -> Outcome<Self> {
        let mut lists = Vec::new();
        let mut after = Value::Null;
        while lists.len() < TURNS {
            let variables = json!({ "after": after });
            let data = api.ask(LIST, &variables).await?;
            let page = &data["productVariants"]["pageInfo"];
            if page["hasNextPage"] != true {
                break;
            }
            after = page["endCursor"].clone();
            lists.push(body(LIST, &json!({ "after": after })));
        }
        let every = variants / TURNS;
        let lookups = (0..TURNS).map(|turn| body(LOOKUP, &json!({ "sku": sku(turn * every) })));
        Ok(Self {
            lists,
            lookups: lookups.collect(),
            variants,
        })
    }

    /// The body of an order of these variants.
    pub fn order(numbers: [usize; LINES], customer: usize) -> Body {
        let lines: Vec<Value> = numbers
            .iter()
            .map(|number| json!({ "variant": { "sku": sku(*number) }, "quantity": "1" }))
            .collect();
        let input = json!({
            "customer": { "code": company::customer(customer) },
            "warehouse": { "code": WAREHOUSES[0] },
            "lines": lines,
        });
        body(ORDER, &json!({ "input": input }))
    }

    /// A maker of random requests of a kind.
    pub fn bodies(&self, job: Job) -> Bodies {
        let one_of = |bodies: &[Body]| -> Bodies {
            let bodies = bodies.to_vec();
            Arc::new(move |random: &mut ChaCha8Rng| {
                bodies[random.random_range(0..bodies.len())].clone()
            })
        };
        match job {
            Job::List => one_of(&self.lists),
            Job::Lookup => one_of(&self.lookups),
            Job::Order => {
                let variants = self.variants;
                Arc::new(move |random: &mut ChaCha8Rng| {
                    let numbers = three(variants, |from, to| random.random_range(from..to));
                    Self::order(numbers, random.random_range(0..CUSTOMERS))
                })
            }
        }
    }
}

/// One variant of each third of them: three different ones, as the script of `pgbench` takes them.
fn three(variants: usize, mut random: impl FnMut(usize, usize) -> usize) -> [usize; LINES] {
    let third = variants / LINES;
    [0, 1, 2].map(|part| random(part * third, (part + 1) * third))
}
