//! From a GraphQL input to a plain command: reads every value, keeps every complaint.

use async_graphql::{Context, ID, InputType, MaybeUndefined};
use entity::vocab::{IdError, OperationId};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::context::{actor, bad_argument};
use crate::platform::audit::{self, Audit, RemoteAddress};
use crate::platform::batch::{self, Seat, Whole};
use crate::platform::command::{Call, Envelope};
use crate::platform::input::{CODE_LENGTH_MAX, Check, NAME_LENGTH_MAX};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::platform::request_id::RequestId;
use crate::platform::text_key::text_key;

/// Characters of an idempotency key, at most.
const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 200;

/// Characters of an email, at most.
const EMAIL_LENGTH_MAX: usize = 254;

/// An input that is being read.
pub struct Reading {
    /// What is wrong with it so far.
    pub check: Check,
    command: &'static str,
    input_hash: [u8; 32],
    /// As it was given, without secrets, as JSON.
    input: String,
    dry_run: bool,
}

impl Reading {
    /// Begins to read the input of a mutation. The hash is of the input as it was given, so that
    /// what is filled in from the clock does not make a repetition look like another command. Nor
    /// is it of secrets: from a stored hash a password could be guessed fast.
    #[must_use]
    pub fn of(command: &'static str, input: &impl InputType) -> Self {
        let mut input = input.to_value().into_json().unwrap_or_default();
        audit::redact(&mut input);
        let input = input.to_string();
        let input_hash = Sha256::digest(input.as_bytes()).into();
        Self {
            check: Check::default(),
            command,
            input_hash,
            input,
            dry_run: false,
        }
    }

    /// Says whether the command is only tried; false when left out.
    pub fn dry_run(&mut self, dry_run: Option<bool>) {
        self.dry_run = dry_run.unwrap_or(false);
    }

    /// A record's metadata.
    pub fn metadata(
        &mut self,
        path: Path,
        metadata: Option<async_graphql::Json<Json>>,
    ) -> Option<Json> {
        let metadata = metadata?.0;
        match crate::platform::metadata::check(&path, &metadata) {
            Ok(()) => Some(metadata),
            Err(complaint) => {
                self.check.reject(complaint.path, complaint.problem);
                None
            }
        }
    }

    /// Ends reading: the command in its envelope.
    pub fn finish<C>(
        mut self,
        ctx: &Context<'_>,
        idempotency_key: Option<String>,
        (record_id, command): (Uuid, C),
    ) -> Envelope<C> {
        let seat = batch::seat();
        let key = match &seat {
            Some(seat) => self.in_batch(seat, idempotency_key.is_some()),
            None => self.key(idempotency_key),
        };
        let call = Call {
            actor: actor(ctx).clone(),
            operation_id: OperationId::generate(),
            command: self.command,
            idempotency_key: key,
            input_hash: seat.map_or(self.input_hash, |seat| seat.whole().input_hash),
            record_id,
            audit: Audit {
                request_id: ctx.data_opt::<RequestId>().map(|id| id.0.clone()),
                remote_address: ctx.data_opt::<RemoteAddress>().and_then(|at| at.0.clone()),
                input: Some(self.input),
            },
            dry_run: self.dry_run,
            complaints: self.check.into_complaints(),
        };
        Envelope { call, command }
    }

    /// The caller's key. One that is complained about is not looked up, nor kept.
    pub fn key(&mut self, given: Option<String>) -> Option<String> {
        let path = Path::input().at("idempotencyKey");
        let key = given.map(|key| self.check.text(path, &key, IDEMPOTENCY_KEY_LENGTH_MAX));
        key.filter(|key| !key.is_empty())
    }

    /// The key of a command in a batch, which has one of its own and is tried as a whole.
    fn in_batch(&mut self, seat: &Seat, has_key: bool) -> Option<String> {
        let path = Path::input();
        if has_key {
            let message = "Give one key for the whole batch: input.idempotencyKey.";
            self.check.complain(path.at("idempotencyKey"), message);
        }
        if self.dry_run {
            let message = "Only a whole batch can be tried: input.dryRun.";
            self.check.complain(path.at("dryRun"), message);
        }
        self.dry_run = seat.whole().dry_run;
        seat.key()
    }

    /// What all commands of a batch have in common, when this is the input of one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn whole(mut self, idempotency_key: Option<String>) -> Result<Whole, Vec<Rejection>> {
        let whole = Whole {
            key: self.key(idempotency_key),
            input_hash: self.input_hash,
            dry_run: self.dry_run,
        };
        match self.check.into_complaints() {
            complaints if complaints.is_empty() => Ok(whole),
            complaints => Err(complaints),
        }
    }

    /// For queries: whether the arguments can be used at all.
    ///
    /// # Errors
    /// BAD_USER_INPUT with the first complaint.
    pub fn usable(self) -> async_graphql::Result<()> {
        match self.check.into_complaints().into_iter().next() {
            None => Ok(()),
            Some(complaint) => Err(bad_argument(format!(
                "{}: {}",
                complaint.path.steps().join("."),
                complaint.problem
            ))),
        }
    }

    /// A change of a field that cannot be empty: `None` where it stays as it is.
    pub fn required<T>(&mut self, path: Path, given: MaybeUndefined<T>) -> Option<T> {
        match given {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => {
                let message = "Must not be null; leave it out to keep what it is.";
                self.check.complain(path, message);
                None
            }
            MaybeUndefined::Value(value) => Some(value),
        }
    }

    /// A change of a field that can be empty: `None` where it stays as it is, `Some(None)` where
    /// it is emptied.
    pub fn optional<T, R>(
        &mut self,
        given: MaybeUndefined<T>,
        read: impl FnOnce(&mut Self, T) -> R,
    ) -> Option<Option<R>> {
        match given {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(value) => Some(Some(read(self, value))),
        }
    }

    /// Another code.
    pub fn new_code(&mut self, path: Path, given: MaybeUndefined<String>) -> Option<String> {
        let code = self.required(path.clone(), given)?;
        Some(self.code(path, &code))
    }

    /// Another name.
    pub fn new_name(&mut self, path: Path, given: MaybeUndefined<String>) -> Option<String> {
        let name = self.required(path.clone(), given)?;
        Some(self.check.text(path, &name, NAME_LENGTH_MAX))
    }

    /// Another external id, or none.
    pub fn new_external_id(&mut self, given: MaybeUndefined<String>) -> Option<Option<String>> {
        let path = Path::input().at("externalId");
        self.optional(given, |reading, id| reading.code(path, &id))
    }

    /// Another remark, or none.
    pub fn new_note(&mut self, given: MaybeUndefined<String>) -> Option<Option<String>> {
        let path = Path::input().at("note");
        let read = |reading: &mut Self, text: String| reading.check.note(path, Some(&text));
        self.optional(given, read).map(Option::flatten)
    }

    /// Other metadata, or none.
    pub fn new_metadata(
        &mut self,
        given: MaybeUndefined<async_graphql::Json<Json>>,
    ) -> Option<Option<Json>> {
        let path = Path::input().at("metadata");
        let read = self.optional(given, |reading, given| reading.metadata(path, Some(given)));
        read.map(Option::flatten)
    }

    /// A code, SKU or external id.
    pub fn code(&mut self, path: Path, text: &str) -> String {
        self.check.text(path, text, CODE_LENGTH_MAX)
    }

    /// A reference by id.
    pub fn id_reference<I>(
        &mut self,
        path: &Path,
        id: &ID,
        parse: fn(&str) -> Result<I, IdError>,
    ) -> Reference<I> {
        let id = self.check.id(path.at("id"), parse(id));
        id.map_or(Reference::Unusable, Reference::Id)
    }

    /// A reference by code, SKU or number. Codes and SKUs are stored in their key form, numbers as
    /// they were given out: in capitals.
    pub fn key_reference<I>(&mut self, path: &Path, field: &str, text: &str) -> Reference<I> {
        let before = self.check.complaint_count();
        let length_max = match field {
            "email" => EMAIL_LENGTH_MAX,
            _ => CODE_LENGTH_MAX,
        };
        let text = self.check.text(path.at(field), text, length_max);
        if self.check.complaint_count() > before {
            return Reference::Unusable;
        }
        Reference::Key(match field {
            "number" => text.to_uppercase(),
            _ => text_key(&text),
        })
    }

    /// A reference by the id a partner's system knows the record by.
    pub fn external_reference<I>(&mut self, path: &Path, id: &str) -> Reference<I> {
        let before = self.check.complaint_count();
        let id = self.code(path.at("externalId"), id);
        if self.check.complaint_count() > before {
            return Reference::Unusable;
        }
        Reference::ExternalId(id)
    }
}

/// Declares a one-of input that names a record by id, by natural key, or by external id.
macro_rules! reference_input {
    (
        $(#[$doc:meta])* $name:ident -> $id:ident,
        $(#[$key_doc:meta])* $key:ident($key_path:literal)
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, async_graphql::OneofObject)]
        pub enum $name {
            /// Its id.
            Id(async_graphql::ID),
            $(#[$key_doc])*
            $key(String),
            /// The id your own system knows it by.
            ExternalId(String),
        }

        impl $name {
            /// Reads the reference.
            pub fn read(
                &self,
                reading: &mut $crate::graphql::Reading,
                path: &$crate::platform::rejection::Path,
            ) -> $crate::platform::reference::Reference<$id> {
                match self {
                    Self::Id(id) => reading.id_reference(path, id, $id::parse),
                    Self::$key(key) => reading.key_reference(path, $key_path, key),
                    Self::ExternalId(id) => reading.external_reference(path, id),
                }
            }
        }
    };
}
pub(crate) use reference_input;
