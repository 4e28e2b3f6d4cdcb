//! The company that is stressed: three warehouses, a few variants that everybody wants and that
//! are short, many that nobody fights for, customers, suppliers.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::api::{Api, Outcome};
use crate::caller::{Caller, Command, Seen};
use crate::journal::{Entry, Fate, Journal};

/// Where the stock is.
pub const WAREHOUSES: [&str; 3] = ["MAIN", "SIDE", "THIRD"];
/// Variants that are short.
pub const HOT: usize = 8;
/// Variants that are not.
pub const COLD: usize = 500;
/// Customers.
pub const CUSTOMERS: usize = 40;
/// Suppliers.
pub const SUPPLIERS: usize = 5;
/// Pieces of each in each warehouse at the beginning.
const HOT_STOCK: &str = "15";
const COLD_STOCK: &str = "300";
/// Variants of one product.
const VARIANTS_OF_A_PRODUCT: usize = 4;
/// Commands at once.
const AT_ONCE: usize = 4;
/// What is asked of a receipt.
pub const RECEIPT: &str = "goodsReceipt { id number lines { id quantity variant { sku } } }";

/// The SKU of a variant: the first are the hot ones.
pub fn sku(number: usize) -> String {
    if number < HOT {
        format!("HOT-{number}")
    } else {
        format!("COLD-{:03}", number - HOT)
    }
}

/// The code of the customer with this number.
pub fn customer(number: usize) -> String {
    format!("CUSTOMER-{number:02}")
}

/// The code of the supplier with this number.
pub fn supplier(number: usize) -> String {
    format!("SUPPLIER-{number}")
}

/// Makes the company. What came in is noted in the journal like all the rest.
pub async fn prepare(api: &Api, journal: &Journal) -> Outcome<()> {
    let mut commands = Vec::new();
    let mut make = |name: &'static str, record: &'static str, input: Value| {
        commands.push(async move { api.mutate(name, input, record).await });
    };
    for code in WAREHOUSES {
        let input = json!({ "code": code, "name": format!("Warehouse {code}") });
        make("warehouseCreate", "warehouse { id }", input);
    }
    for number in 0..CUSTOMERS {
        let input = json!({ "code": customer(number), "name": format!("Customer {number}") });
        make("customerCreate", "customer { id }", input);
    }
    for number in 0..SUPPLIERS {
        let input = json!({ "code": supplier(number), "name": format!("Supplier {number}") });
        make("supplierCreate", "supplier { id }", input);
    }
    let numbers: Vec<usize> = (0..HOT + COLD).collect();
    for numbers in numbers.chunks(VARIANTS_OF_A_PRODUCT) {
        let variants: Vec<Value> = numbers
            .iter()
            .map(|number| json!({ "sku": sku(*number), "name": "Variant", "price": "10" }))
            .collect();
        let input = json!({ "name": format!("Product {}", numbers[0]), "variants": variants });
        make("productCreate", "product { id }", input);
    }
    stream::iter(commands)
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    fill(api, journal).await
}

/// The stock that is there at the beginning.
async fn fill(api: &Api, journal: &Journal) -> Outcome<()> {
    let caller = Caller::new(&api.token)?;
    for code in WAREHOUSES {
        let lines: Vec<Value> = (0..HOT + COLD)
            .map(|number| {
                let quantity = if number < HOT { HOT_STOCK } else { COLD_STOCK };
                let variant = json!({ "sku": sku(number) });
                json!({ "variant": variant, "quantity": quantity, "unitCost": "4" })
            })
            .collect();
        let key = format!("opening-{code}");
        let warehouse = json!({ "code": code });
        let input = json!({ "warehouse": warehouse, "lines": lines, "idempotencyKey": key });
        let command = Command {
            name: "goodsReceiptPost",
            selection: RECEIPT,
            input,
        };
        let payload = match caller.send(&api.url, &command).await {
            Seen::Done(payload) => payload,
            other => return Err(format!("the stock cannot be made: {other:?}")),
        };
        journal.note(Entry {
            key,
            command: command.name,
            selection: command.selection,
            input: command.input,
            fate: Fate::Acknowledged(payload),
            was_unknown: false,
            is_replayed: false,
        });
    }
    Ok(())
}
