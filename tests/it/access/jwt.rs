//! Bad access tokens, each made by hand, are refused on HTTP and in `connection_init`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::identity::signing_key;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::sockets::{FORBIDDEN, introduced, said};
use super::tokens::knock;
use crate::support::TestServer;
use crate::support::people::{self, PASSWORD, sign_in};

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// HMAC by the book, so that nothing of what is tested makes the tokens.
fn hmac<D: Digest>(block: usize, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut padded = if key.len() > block {
        D::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    padded.resize(block, 0);
    let with = |pad: u8| padded.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = D::digest([with(0x36).as_slice(), message].concat());
    D::digest([with(0x5c), inner.to_vec()].concat()).to_vec()
}

/// A token before it is spoilt.
struct Forge {
    key_id: String,
    secret: Vec<u8>,
    header: Value,
    claims: Value,
}

impl Forge {
    /// What a good token of a session says, and the key it is signed with.
    async fn of(server: &TestServer, good: &str) -> Self {
        let key = signing_key::Entity::find()
            .one(server.app().db.reader())
            .await
            .expect("the keys can be read")
            .expect("there is a key");
        let parts: Vec<Value> = good
            .split('.')
            .take(2)
            .map(|part| {
                let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64");
                serde_json::from_slice(&bytes).expect("JSON")
            })
            .collect();
        assert_eq!(parts[0]["kid"], key.id.as_str());
        Self {
            key_id: key.id,
            secret: key.secret,
            header: parts[0].clone(),
            claims: parts[1].clone(),
        }
    }

    fn body(header: &Value, claims: &Value) -> String {
        format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        )
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let body = Self::body(header, claims);
        let signature = hmac::<Sha256>(64, &self.secret, body.as_bytes());
        format!("{body}.{}", encode(signature))
    }

    /// Rightly signed, with another claim.
    fn claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[name] = value;
        self.sign(&self.header, &claims)
    }

    /// Rightly signed, without a claim.
    fn without(&self, name: &str) -> String {
        let mut claims = self.claims.clone();
        claims.as_object_mut().expect("an object").remove(name);
        self.sign(&self.header, &claims)
    }

    /// Rightly signed, with another header.
    fn head(&self, name: &str, value: Value) -> String {
        let mut header = self.header.clone();
        header[name] = value;
        self.sign(&header, &self.claims)
    }

    /// With another algorithm and what it makes of the key.
    fn algorithm(&self, name: &str, signature: &[u8]) -> String {
        let mut header = self.header.clone();
        header["alg"] = json!(name);
        format!(
            "{}.{}",
            Self::body(&header, &self.claims),
            encode(signature)
        )
    }

    fn now(&self) -> u64 {
        self.claims["iat"].as_u64().expect("a number")
    }
}

/// Claims about time, rightly signed, that must not be believed.
fn of_times(forge: &Forge) -> Vec<(&'static str, String)> {
    let now = forge.now();
    let mut old = forge.claims.clone();
    for name in ["iat", "nbf"] {
        old[name] = json!(now - 700);
    }
    old["exp"] = json!(now - 100);
    let mut future = forge.claims.clone();
    for name in ["iat", "nbf"] {
        future[name] = json!(now + 300);
    }
    vec![
        ("expired", forge.sign(&forge.header, &old)),
        ("not yet begun", forge.claim("nbf", json!(now + 300))),
        ("issued in the future", forge.claim("iat", json!(now + 300))),
        ("begins in the future", forge.sign(&forge.header, &future)),
        (
            "lives for years",
            forge.claim("exp", json!(now + 100_000_000)),
        ),
        ("without an end", forge.without("exp")),
        (
            "with an end that is a text",
            forge.claim("exp", json!("soon")),
        ),
        (
            "with an end that is below zero",
            forge.claim("exp", json!(-1)),
        ),
    ]
}

/// Claims about who and for whom, rightly signed, that must not be believed.
fn of_names(forge: &Forge) -> Vec<(&'static str, String)> {
    let user = forge.claims["sub"].as_str().expect("a text").to_owned();
    let other = entity::vocab::UserId::generate().to_string();
    let unknown = entity::vocab::SessionId::generate().to_string();
    vec![
        ("of another issuer", forge.claim("iss", json!("somebody"))),
        ("without an issuer", forge.without("iss")),
        (
            "with an issuer that is a number",
            forge.claim("iss", json!(7)),
        ),
        (
            "for another audience",
            forge.claim("aud", json!("somebody")),
        ),
        ("without an audience", forge.without("aud")),
        (
            "with an audience that is a number",
            forge.claim("aud", json!(7)),
        ),
        ("without a subject", forge.without("sub")),
        (
            "with a subject that is a number",
            forge.claim("sub", json!(7)),
        ),
        ("of nobody", forge.claim("sub", json!(""))),
        (
            "with a bare id as subject",
            forge.claim("sub", json!(user.trim_start_matches("user_"))),
        ),
        ("of another user", forge.claim("sub", json!(other))),
        ("of an unknown session", forge.claim("sid", json!(unknown))),
        ("without a session", forge.without("sid")),
    ]
}

/// The signature of another algorithm with the same key.
fn hs512(forge: &Forge) -> Vec<u8> {
    let mut header = forge.header.clone();
    header["alg"] = json!("HS512");
    let body = Forge::body(&header, &forge.claims);
    hmac::<Sha512>(128, &forge.secret, body.as_bytes())
}

/// Signatures that must not be believed.
fn of_signatures(forge: &Forge) -> Vec<(&'static str, String)> {
    let body = Forge::body(&forge.header, &forge.claims);
    let good = forge.sign(&forge.header, &forge.claims);
    let (_, signature) = good.rsplit_once('.').expect("three parts");
    let mut claims = forge.claims.clone();
    claims["sub"] = json!(entity::vocab::UserId::generate().to_string());
    let with_key = |key: &[u8]| {
        let signature = hmac::<Sha256>(64, key, body.as_bytes());
        format!("{body}.{}", encode(signature))
    };
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    flipped[0] ^= 1;
    let hs512 = hs512(forge);
    vec![
        ("unsigned", forge.algorithm("none", b"")),
        ("unsigned, in capitals", forge.algorithm("NONE", b"")),
        ("without a signature", format!("{body}.")),
        ("signed with an empty secret", with_key(b"")),
        (
            "signed with the key's name",
            with_key(forge.key_id.as_bytes()),
        ),
        ("signed with another key", with_key(&[7; 32])),
        (
            "with a signature that has one bit flipped",
            format!("{body}.{}", encode(&flipped)),
        ),
        (
            "with another payload",
            format!("{}.{signature}", Forge::body(&forge.header, &claims)),
        ),
        (
            "of another algorithm with the same key",
            forge.algorithm("HS512", &hs512),
        ),
        (
            "of an asymmetric algorithm",
            forge.algorithm("EdDSA", &[0; 64]),
        ),
        (
            "of RSA with the key as public key",
            forge.algorithm("RS256", &[0; 256]),
        ),
        ("three empty parts", "..".to_owned()),
        (
            "no JSON",
            format!("{}.{}.{signature}", encode("x"), encode("y")),
        ),
    ]
}

/// Headers, rightly signed, that must not be believed.
fn of_headers(forge: &Forge) -> Vec<(&'static str, String)> {
    vec![
        ("of another type", forge.head("typ", json!("JWT"))),
        ("of no type", forge.head("typ", json!(null))),
        ("with an unknown key", forge.head("kid", json!("unknown"))),
        (
            "with a key that is a path",
            forge.head("kid", json!("../../dev/null")),
        ),
        (
            "with a key that is SQL",
            forge.head("kid", json!("' OR 1=1 --")),
        ),
        ("without a key", forge.head("kid", json!(null))),
        ("over-long", forge.claim("more", json!("x".repeat(8_000)))),
    ]
}

both! {
    async fn bad_access_tokens_are_refused_everywhere(server: &TestServer) {
        let email = "anna@example.com";
        people::user(&server.client(), email, &["ADMINISTRATOR"]).await;
        let good = sign_in(server.url(), email, PASSWORD).await.access;
        let forge = Forge::of(server, &good).await;
        let own = forge.sign(&forge.header, &forge.claims);
        assert_eq!(knock(server.url(), &own).await, (200, vec![]), "the forge makes good ones");
        let bad = [
            of_times(&forge),
            of_names(&forge),
            of_headers(&forge),
            of_signatures(&forge),
        ]
        .concat();
        assert!(bad.len() >= 40);
        for (how, token) in &bad {
            let answer = knock(server.url(), token).await;
            assert_eq!(answer, (401, vec!["UNAUTHENTICATED".to_owned()]), "{how}");
            let mut socket = introduced(server, token).await;
            assert_eq!(said(&mut socket).await, Err(Some(FORBIDDEN)), "{how}");
        }
        assert_eq!(knock(server.url(), &good).await, (200, vec![]));
    }
}
