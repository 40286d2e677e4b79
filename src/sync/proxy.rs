//! Which proxy a request goes through, and where it was set: whoever mends it must know which of the two machines does
//! not answer, and which line to change.
//!
//! The requests themselves find their proxy by the same rules, from the same variables.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

/// The variables of the environment, the first that is set deciding.
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const NO: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// A proxy as the environment has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Host and port, without a password.
    pub address: String,
    pub variable: &'static str,
}

type Setting = Option<(&'static str, String)>;

/// The proxies of this process.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    http: Setting,
    https: Setting,
    all: Setting,
    no: Setting,
}

impl Proxies {
    pub fn from_env() -> Proxies {
        Proxies::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Proxies {
        let first =
            |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
        Proxies { http: first(HTTP), https: first(HTTPS), all: first(ALL), no: first(NO) }
    }

    /// The one that a request to `url` goes through.
    pub fn of(&self, url: &Url) -> Option<Proxy> {
        let own = if url.scheme() == "https" { &self.https } else { &self.http };
        let no = self.no.as_ref().map_or("", |(_, value)| value);
        // A value that is no address counts as none.
        [own, &self.all].into_iter().flatten().find_map(|(variable, value)| {
            let matcher = Matcher::builder().all(value.clone()).no(no.to_owned()).build();
            let found = matcher.intercept(&url.as_str().parse().ok()?)?;
            Some(Proxy { address: found.uri().authority()?.to_string(), variable })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_of_an_address_is_named_with_its_variable_and_without_its_password() {
        let set = [
            ("http_proxy", "http://an:mat-khau@10.0.0.1:3128"),
            ("all_proxy", "10.0.0.2:8080"),
            ("no_proxy", "gan.example,192.168.0.0/16"),
        ];
        let value = |name: &str| Some(set.iter().find(|(known, _)| *known == name)?.1.to_owned());
        let proxies = Proxies::read(value);
        let of = |url: &str| proxies.of(&url.parse().unwrap()).map(|proxy| (proxy.address, proxy.variable));
        assert_eq!(of("http://xa.example/feed/"), Some(("10.0.0.1:3128".into(), "http_proxy")));
        assert_eq!(of("https://xa.example/feed/"), Some(("10.0.0.2:8080".into(), "all_proxy")));
        assert_eq!(of("http://bang.gan.example/"), None);
        assert_eq!(of("http://192.168.7.7/"), None);
        assert!(Proxies::default().of(&"http://xa.example/".parse().unwrap()).is_none());
    }
}
