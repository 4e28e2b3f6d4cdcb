//! Demo mode: a database of its own with a few records to play with, and what to try.

use std::collections::BTreeSet;
use std::path::Path;

use async_graphql::{Request, Value, Variables};
use entity::vocab::ApiTokenId;
use serde_json::{Value as Json, json};

use crate::cli::{say, say_first_administrator, stop_signal};
use crate::config::Config;
use crate::identity::token::ops::{CreateToken, create_as_operator};
use crate::identity::token::secret;
use crate::platform::actor::{Actor, Scope};
use crate::server::Server;

const DATABASE: &str = "demo.db";
const TOKEN: &str = "demo-token.txt";

/// What the demo sells: SKU, name, price, cost, and stock in the two warehouses.
const PRODUCTS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "TEA-GREEN-100",
        "Green tea, 100 g",
        "7.50",
        "3.10",
        "240",
        "60",
    ),
    (
        "TEA-BLACK-100",
        "Black tea, 100 g",
        "6.80",
        "2.75",
        "180",
        "40",
    ),
    (
        "COFFEE-500",
        "Coffee beans, 500 g",
        "11.90",
        "6.20",
        "90",
        "25",
    ),
    ("CUP-BLUE", "Cup, blue", "4.20", "1.60", "320", "0"),
    (
        "POT-CAST-IRON",
        "Teapot, cast iron",
        "39.00",
        "18.40",
        "12",
        "3",
    ),
    ("KETTLE-1L", "Kettle, 1 litre", "54.50", "29.90", "8", "0"),
];

type Failure = Box<dyn std::error::Error>;

/// Runs the server on the demo database; makes the data at the first start.
///
/// # Errors
/// What went wrong, for the command line.
pub async fn run(mut config: Config, folder: &str, fresh: bool) -> Result<u8, Failure> {
    std::fs::create_dir_all(folder)?;
    let database = Path::new(folder).join(DATABASE);
    let token_file = Path::new(folder).join(TOKEN);
    if fresh {
        for suffix in ["", "-wal", "-shm"] {
            let file = format!("{}{suffix}", database.display());
            if Path::new(&file).exists() {
                std::fs::remove_file(file)?;
            }
        }
    }
    let is_new = !database.exists();
    if !is_new && !token_file.exists() {
        return Err(format!("the demo in {folder} is incomplete; start over with --fresh").into());
    }
    config.database.url = format!("sqlite://{}", database.display());
    let server = Server::build(&config).await?;
    if is_new {
        let secret = fill(&server).await?;
        std::fs::write(&token_file, &secret)?;
    }
    let token = std::fs::read_to_string(&token_file)?;
    let url = format!("http://{}:{}/graphql", config.server.host, server.port());
    say(&format!(
        "Stockroom demo: {url}\nDatabase: {}\nToken: {token}",
        database.display()
    ));
    say_first_administrator(&server);
    say("\nTry it in another terminal:\n");
    say(&format!(
        "curl -s {url} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
         \\\n  \
         -d '{{\"query\":\"{{ productVariants {{ nodes {{ sku name stockLevels {{ available \
         warehouse {{ name }} }} }} }} }}\"}}'"
    ));
    say("\nStop with Ctrl-C.");
    server.run_until_stopped(stop_signal()).await?;
    Ok(0)
}

/// Makes a token and the demo's records, through the API like everybody else.
async fn fill(server: &Server) -> Result<String, Failure> {
    let secret = secret::generate();
    let scopes: BTreeSet<Scope> = Scope::ALL.iter().copied().collect();
    let id = ApiTokenId::generate();
    let name = "demo".to_owned();
    let command = CreateToken {
        id,
        name: name.clone(),
        scopes: scopes.clone(),
        description: None,
        expires_at: None,
        secret,
    };
    create_as_operator(&server.app().db, &command).await?;
    let actor = Actor::token(id, name, scopes);
    for (code, name) in [("MAIN", "Main warehouse"), ("SHOP", "Shop")] {
        let input = json!({ "code": code, "name": name });
        call(server, &actor, "warehouseCreate", input).await?;
    }
    for (code, name) in [("CAFE-ANNA", "Café Anna"), ("HOTEL-SEE", "Hotel am See")] {
        let input = json!({ "code": code, "name": name });
        call(server, &actor, "customerCreate", input).await?;
    }
    for (sku, name, price, ..) in PRODUCTS {
        let variants = json!([{ "sku": sku, "price": price }]);
        call(
            server,
            &actor,
            "productCreate",
            json!({ "name": name, "variants": variants }),
        )
        .await?;
    }
    for (code, of_shop) in [("MAIN", false), ("SHOP", true)] {
        let lines: Vec<Json> = PRODUCTS
            .iter()
            .map(|(sku, _, _, cost, main, shop)| (sku, cost, if of_shop { shop } else { main }))
            .filter(|(_, _, quantity)| **quantity != "0")
            .map(|(sku, cost, quantity)| {
                json!({ "variant": { "sku": sku }, "quantity": quantity, "unitCost": cost })
            })
            .collect();
        let input = json!({ "warehouse": { "code": code }, "lines": lines });
        call(server, &actor, "goodsReceiptPost", input).await?;
    }
    let lines = json!([
        { "variant": { "sku": "TEA-GREEN-100" }, "quantity": "24" },
        { "variant": { "sku": "CUP-BLUE" }, "quantity": "12" },
    ]);
    let order = json!({
        "customer": { "code": "CAFE-ANNA" }, "warehouse": { "code": "MAIN" }, "lines": lines,
    });
    call(server, &actor, "salesOrderPlace", order).await?;
    Ok(command.secret)
}

/// Runs a mutation; an error in the demo's own data stops it.
async fn call(server: &Server, actor: &Actor, name: &str, input: Json) -> Result<(), Failure> {
    let mut type_name = name.to_owned();
    type_name[..1].make_ascii_uppercase();
    let query = format!(
        "mutation($input: {type_name}Input!) {{ \
         {name}(input: $input) {{ errors {{ message path }} }} }}"
    );
    let variables = Variables::from_json(json!({ "input": input }));
    let response = server
        .execute(Request::new(query).variables(variables), actor)
        .await;
    let data = response.data.clone().into_json()?;
    let no_errors = data[name]["errors"].as_array().is_some_and(Vec::is_empty);
    if response.errors.is_empty() && no_errors && response.data != Value::Null {
        return Ok(());
    }
    Err(format!(
        "the demo data could not be made: {name}: {:?} {data}",
        response.errors
    )
    .into())
}
