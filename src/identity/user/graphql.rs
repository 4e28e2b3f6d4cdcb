//! Users in the schema.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::identity::user_account;
use entity::identity::user_account::Model;
use entity::vocab::{UserId, UserStatus};
use uuid::Uuid;

use super::inputs::{
    PasswordChangeInput, RoleKind, UserCreateInput, UserDisableInput, UserEnableInput,
    UserReference, UserSetPasswordInput, UserStatusKind, UserUpdateInput, status_envelope,
};
use super::{account, ops, store};
use crate::graphql::context::{Asked, actor, date_time};
use crate::graphql::filter::{TextFilter, enum_filter};
use crate::graphql::payload::{internal, split, unread};
use crate::graphql::user_error::UserError;
use crate::graphql::{Reading, app, failed, listing, loaders, payload};
use crate::identity::access::Access;
use crate::identity::principal::graphql::PrincipalKindName;
use crate::identity::role;
use crate::identity::session::graphql::Session;
use crate::platform::actor::Scope;
use crate::platform::rejection::Path;

/// A person who signs in.
#[derive(Description)]
pub struct User(pub(crate) Model);

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl User {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it signs in with.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it does.
    async fn roles(&self) -> Vec<RoleKind> {
        let roles = role::read(&self.0.roles);
        roles.into_iter().map(RoleKind::from).collect()
    }

    /// What its roles let it do.
    async fn scopes(&self) -> Vec<&'static str> {
        let scopes = role::scopes(&role::read(&self.0.roles));
        scopes.into_iter().map(Scope::as_str).collect()
    }

    /// Whether it may sign in.
    async fn status(&self) -> UserStatusKind {
        self.0.status.into()
    }

    /// Whether it can do nothing else before it has changed its password.
    async fn must_change_password(&self) -> bool {
        self.0.must_change_password
    }

    /// Until when all its passwords are refused, after too many wrong ones; null when they are not.
    async fn locked_until(&self) -> Option<DateTime<Utc>> {
        let now = crate::platform::clock::now();
        let until = self.0.locked_until.filter(|until| now < *until);
        until.map(date_time)
    }

    /// When its password was last set.
    async fn password_changed_at(&self) -> DateTime<Utc> {
        date_time(self.0.password_changed_at)
    }

    /// When it last signed in; null when it never has.
    async fn last_sign_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_sign_in_at.map(date_time)
    }

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it last changed; signing in is no change.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// Whoever calls: a user who is signed in, or an API token.
#[derive(SimpleObject)]
pub struct Me {
    /// Which of the two.
    kind: PrincipalKindName,
    /// The id of the user or of the API token.
    id: ID,
    /// The name of the user or of the API token.
    name: String,
    /// The user; null for an API token.
    user: Option<User>,
    /// The session of the user; null for an API token.
    session: Option<Session>,
    /// What the user does; empty for an API token.
    roles: Vec<RoleKind>,
    /// What the caller may do now.
    scopes: Vec<String>,
    /// Whether nothing else can be done before the password is changed.
    must_change_password: bool,
}

payload! {
    /// What changing a user brought.
    UserUpdatePayload {
        /// The changed user.
        user: User = UserId
    }
}

payload! {
    /// What disabling a user brought.
    UserDisablePayload {
        /// The disabled user.
        user: User = UserId
    }
}

payload! {
    /// What enabling a user brought.
    UserEnablePayload {
        /// The enabled user.
        user: User = UserId
    }
}

payload! {
    /// What setting a password brought.
    UserSetPasswordPayload {
        /// The user who has it.
        user: User = UserId
    }
}

payload! {
    /// What changing one's password brought.
    PasswordChangePayload {
        /// The user who has it.
        user: User = UserId
    }
}

/// What creating a user brought.
#[derive(SimpleObject)]
pub struct UserCreatePayload {
    /// The new user. Null when there are errors: then nothing was changed.
    user: Option<User>,
    /// The password that was made for it. Shown this once; null when one was given, and in a
    /// repetition.
    generated_password: Option<String>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
}

enum_filter!(
    /// Compares whether a user may sign in.
    UserStatusFilter: UserStatusKind => UserStatus
);

listing! {
    /// Users, oldest first unless ordered otherwise.
    /// Scope: `users:read`.
    users: User of user_account, Scope::UsersRead;
    filter {
        /// By their e-mail address.
        email: TextFilter => |given| given.keyed(Column::EmailKey),
        /// By their name.
        name: TextFilter => |given| given.keyed(Column::NameKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they may sign in.
        status: UserStatusFilter => |given| given.on(Column::Status),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their e-mail address.
        Email => [EmailKey],
        /// By their name, whatever the case.
        Name => [NameKey, Id],
    }
    all store::all();
}

/// Reads users.
#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// Whoever calls, and what it may do. Fails when nobody is signed in. Scope: none.
    async fn me(&self, ctx: &Context<'_>) -> Result<Me> {
        let caller = actor(ctx);
        let id = caller.require_identity().map_err(failed)?;
        let sign_in = caller.sign_in();
        let (mut user, mut session) = (None, None);
        if let Some(sign_in) = sign_in {
            let row = loaders(ctx).load_one(sign_in.user_id).await;
            user = row.map_err(|error| internal(&error))?.map(User);
            let row = loaders(ctx).load_one(sign_in.session_id).await;
            session = row.map_err(|error| internal(&error))?.map(Session::from);
        }
        let roles = sign_in.map(|of| of.roles.clone()).unwrap_or_default();
        Ok(Me {
            kind: match sign_in {
                Some(_) => PrincipalKindName::User,
                None => PrincipalKindName::Token,
            },
            id: ID(match sign_in {
                Some(of) => of.user_id.to_string(),
                None => entity::vocab::ApiTokenId(id.0).to_string(),
            }),
            name: caller.name().unwrap_or_default().to_owned(),
            user,
            session,
            roles: roles.into_iter().map(RoleKind::from).collect(),
            scopes: caller
                .scopes()
                .iter()
                .map(|scope| scope.as_str().to_owned())
                .collect(),
            must_change_password: sign_in.is_some_and(|of| of.must_change_password),
        })
    }

    /// One user, by its id, email or external id; null when there is none.
    /// Scope: `users:read`.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: UserReference,
    ) -> Option<Result<User>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: UserReference) -> Result<Option<User>> {
    ctx.require(Scope::UsersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = store::find(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(User))
}

/// What passwords and sessions need.
pub(in crate::identity) fn access<'c>(ctx: &Context<'c>) -> &'c Access {
    ctx.data_unchecked::<Access>()
}

/// Changes users.
#[derive(Default)]
pub struct UserMutation;

#[Object]
impl UserMutation {
    /// Creates a user with at most the caller's own scopes. Fails when the email is taken.
    /// Scope: `users:write`.
    async fn user_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new user.")] input: UserCreateInput,
    ) -> Result<UserCreatePayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, command, is_generated) = input.read();
        let password = is_generated.then(|| command.password.expose().to_owned());
        let envelope = reading.finish(ctx, key, (command.id.0, command));
        let (accepted, errors) = split(ops::create(app(ctx), access(ctx), envelope).await)?;
        let Some(accepted) = accepted else {
            return Ok(UserCreatePayload {
                user: None,
                generated_password: None,
                errors,
                replayed: false,
            });
        };
        let row = loaders(ctx).load_one(UserId(accepted.record_id)).await;
        Ok(UserCreatePayload {
            user: row.map_err(|error| unread(&error))?.map(User),
            generated_password: password.filter(|_| !accepted.replayed),
            errors,
            replayed: accepted.replayed,
        })
    }

    /// Changes a user's name, email or roles. Its roles count from its next request on. Fails when
    /// the user may do more than the caller, and when no administrator would be left.
    /// Scope: `users:write`.
    async fn user_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: UserUpdateInput,
    ) -> Result<UserUpdatePayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, command) = input.read();
        let envelope = reading.finish(ctx, key, (Uuid::nil(), command));
        UserUpdatePayload::answer(ctx, ops::update(app(ctx), envelope).await).await
    }

    /// Disables a user: its sessions end at once, and it cannot sign in. Fails when no
    /// administrator would be left.
    /// Scope: `users:write`.
    async fn user_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user.")] input: UserDisableInput,
    ) -> Result<UserDisablePayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, user) = input.read();
        let command = status_envelope(user, UserStatus::Disabled);
        let envelope = reading.finish(ctx, key, command);
        UserDisablePayload::answer(ctx, ops::set_status(app(ctx), envelope).await).await
    }

    /// Enables a user again, and forgets its wrong passwords.
    /// Scope: `users:write`.
    async fn user_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user.")] input: UserEnableInput,
    ) -> Result<UserEnablePayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, user) = input.read();
        let command = status_envelope(user, UserStatus::Active);
        let envelope = reading.finish(ctx, key, command);
        UserEnablePayload::answer(ctx, ops::set_status(app(ctx), envelope).await).await
    }

    /// Sets a user's password, ends its sessions and forgets its wrong passwords.
    /// Scope: `users:write`.
    async fn user_set_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: UserSetPasswordInput,
    ) -> Result<UserSetPasswordPayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, command) = input.read();
        let envelope = reading.finish(ctx, key, (Uuid::nil(), command));
        let verdict = ops::set_password(app(ctx), access(ctx), envelope).await;
        UserSetPasswordPayload::answer(ctx, verdict).await
    }

    /// Changes the caller's own password, and ends its other sessions. For users who are signed in;
    /// wrong passwords count as they do when signing in. Scope: none.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password you have, and the one you want.")]
        input: PasswordChangeInput,
    ) -> Result<PasswordChangePayload> {
        let id = actor(ctx).require_identity().map_err(failed)?;
        let (reading, key, command) = input.read();
        let envelope = reading.finish(ctx, key, (id.0, command));
        let verdict = account::change_password(app(ctx), access(ctx), envelope).await;
        PasswordChangePayload::answer(ctx, verdict).await
    }
}
