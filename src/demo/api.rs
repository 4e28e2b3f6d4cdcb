//! The demo's clerk: speaks to the API like everybody else.

use async_graphql::{Request, Variables};
use futures_util::future::try_join_all;
use serde_json::{Value as Json, json};

use super::Failure;
use crate::platform::actor::Actor;
use crate::server::Caller;

/// Commands that are on their way at the same time. They come in the order in which they are given,
/// so that numbers are the same every time.
const AT_ONCE: usize = 32;

/// Somebody who gives commands.
#[derive(Clone)]
pub struct Api {
    caller: Caller,
    actor: Actor,
}

impl Api {
    /// Speaks to a server in this process as somebody.
    #[must_use]
    pub fn new(caller: Caller, actor: Actor) -> Self {
        Self { caller, actor }
    }

    /// Gives one command, and answers with its payload.
    ///
    /// # Errors
    /// [`Failure`], also when the business refuses.
    pub async fn one(&self, name: &str, selection: &str, input: Json) -> Result<Json, Failure> {
        let mut type_name = name.to_owned();
        type_name[..1].make_ascii_uppercase();
        let query = format!(
            "mutation($input: {type_name}Input!) {{ \
             {name}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
        );
        let said = input.to_string();
        let mut data = self.ask(&query, json!({ "input": input })).await?;
        let payload = data[name].take();
        if payload["errors"].as_array().is_some_and(Vec::is_empty) {
            return Ok(payload);
        }
        let said: String = said.chars().take(400).collect();
        Err(format!("{name}: {} It said {said}", payload["errors"]).into())
    }

    /// Gives the same command with each input.
    ///
    /// # Errors
    /// As [`Self::one`], for the first that fails.
    pub async fn each(
        &self,
        name: &str,
        selection: &str,
        inputs: Vec<Json>,
    ) -> Result<Vec<Json>, Failure> {
        let inputs = inputs.into_iter().map(|input| (selection, input));
        self.all(name, inputs.collect()).await
    }

    /// Gives the same command with each input, asking something else of each.
    ///
    /// # Errors
    /// As [`Self::one`], for the first that fails.
    pub async fn all(
        &self,
        name: &str,
        mut asked: Vec<(&str, Json)>,
    ) -> Result<Vec<Json>, Failure> {
        let mut payloads = Vec::with_capacity(asked.len());
        for together in asked.chunks_mut(AT_ONCE) {
            let commands = together
                .iter_mut()
                .map(|(selection, input)| self.one(name, selection, input.take()));
            payloads.extend(try_join_all(commands).await?);
        }
        Ok(payloads)
    }

    /// Runs an operation, and answers with its data.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn ask(&self, query: &str, variables: Json) -> Result<Json, Failure> {
        let request = Request::new(query).variables(Variables::from_json(variables));
        let response = self.caller.execute(request, &self.actor).await;
        if response.errors.is_empty() {
            return Ok(response.data.into_json()?);
        }
        let messages: Vec<&str> = response
            .errors
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        Err(format!("{}: {query}", messages.join(" ")).into())
    }
}

/// The text of a field of an answer.
///
/// # Errors
/// When the answer has no such field.
pub fn text(answer: &Json, pointer: &str) -> Result<String, Failure> {
    let found = answer.pointer(pointer).and_then(Json::as_str);
    Ok(found
        .ok_or_else(|| format!("no {pointer} in {answer}"))?
        .to_owned())
}

/// The texts of a field of each element of a list of an answer.
///
/// # Errors
/// When the answer has no such list, or an element no such field.
pub fn texts(answer: &Json, list: &str, field: &str) -> Result<Vec<String>, Failure> {
    let list = answer.pointer(list).and_then(Json::as_array);
    let list = list.ok_or_else(|| format!("no list in {answer}"))?;
    list.iter().map(|element| text(element, field)).collect()
}
