//! Inputs about sessions, and how they are read.

use async_graphql::InputObject;

use super::ops::Begin;
use super::refresh::Refresh;
use crate::graphql::Reading;
use crate::identity::user::inputs::given_password;
use crate::identity::user::rules::EMAIL_LENGTH_MAX;
use crate::platform::rejection::Path;
use crate::platform::secret::Secret;

/// Characters of a refresh token, at most; ours have some 60.
const REFRESH_TOKEN_LENGTH_MAX: usize = 200;

/// Who wants to sign in.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// The email.
    email: String,
    /// The password.
    password: String,
}

impl SessionCreateInput {
    pub(super) fn read(self) -> (Reading, Begin) {
        let mut reading = Reading::of("sessionCreate", &self);
        let Self { email, password } = self;
        let path = Path::input();
        let email = reading
            .check
            .text(path.at("email"), &email, EMAIL_LENGTH_MAX);
        given_password(&mut reading, path.at("password"), &password);
        let password = Secret::new(password);
        (reading, Begin { email, password })
    }
}

/// Which session goes on.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token that the session was given last.
    refresh_token: String,
}

impl SessionRefreshInput {
    pub(super) fn read(self) -> (Reading, Refresh) {
        let mut reading = Reading::of("sessionRefresh", &self);
        let Self { refresh_token } = self;
        let path = Path::input().at("refreshToken");
        let token = reading
            .check
            .text(path, &refresh_token, REFRESH_TOKEN_LENGTH_MAX);
        let refresh_token = Secret::new(token);
        (reading, Refresh { refresh_token })
    }
}

/// The end of one's own session.
#[derive(InputObject)]
pub struct SessionEndInput {
    /// A key of your own: the same key and input is done once, however often it is sent.
    pub(super) idempotency_key: Option<String>,
}
