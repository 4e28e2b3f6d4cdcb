//! The company that is measured: three warehouses, variants with stock in each, customers.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::api::{Api, Outcome};

/// Where the stock is; orders are placed in the first.
pub const WAREHOUSES: [&str; 3] = ["MAIN", "SIDE", "THIRD"];
/// Customers.
pub const CUSTOMERS: usize = 50;
/// Variants of one product.
const VARIANTS_OF_A_PRODUCT: usize = 4;
/// Lines of one goods receipt.
const LINES: usize = 1_000;
/// Commands at once.
const AT_ONCE: usize = 4;

/// The SKU of the variant with this number.
pub fn sku(number: usize) -> String {
    format!("SKU-{number:05}")
}

/// The code of the customer with this number.
pub fn customer(number: usize) -> String {
    format!("CUSTOMER-{number:03}")
}

/// Makes the company with so many variants.
pub async fn prepare(api: &Api, variants: usize) -> Outcome<()> {
    for code in WAREHOUSES {
        let input = json!({ "code": code, "name": format!("Warehouse {code}") });
        api.mutate("warehouseCreate", input, "warehouse { id }")
            .await?;
    }
    let customers = (0..CUSTOMERS).map(|number| {
        let code = customer(number);
        let input = json!({ "code": code, "name": format!("Customer {number}") });
        api.mutate("customerCreate", input, "customer { id }")
    });
    all(customers).await?;
    let numbers: Vec<usize> = (0..variants).collect();
    let products = numbers.chunks(VARIANTS_OF_A_PRODUCT).map(|numbers| {
        let variants: Vec<Value> = numbers
            .iter()
            .map(|number| {
                let name = format!("Variant {number}");
                json!({ "sku": sku(*number), "name": name, "price": "10" })
            })
            .collect();
        let input = json!({ "name": format!("Product {}", numbers[0]), "variants": variants });
        api.mutate("productCreate", input, "product { id }")
    });
    all(products).await?;
    for code in WAREHOUSES {
        for numbers in numbers.chunks(LINES) {
            let lines: Vec<Value> = numbers
                .iter()
                .map(|number| {
                    let variant = json!({ "sku": sku(*number) });
                    json!({ "variant": variant, "quantity": "1000000", "unitCost": "4" })
                })
                .collect();
            let input = json!({ "warehouse": { "code": code }, "lines": lines });
            api.mutate("goodsReceiptPost", input, "goodsReceipt { id }")
                .await?;
        }
    }
    Ok(())
}

/// Runs commands, a few at once.
async fn all(commands: impl Iterator<Item = impl Future<Output = Outcome<Value>>>) -> Outcome<()> {
    stream::iter(commands)
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await
}
