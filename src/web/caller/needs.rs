//! What each route wants of its caller: the one table.

use axum::http::Method;

/// What a route wants of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: files, the sign-in, the page where a tablet is enrolled, whether the program is up.
    Nothing,
    /// What a wall shows.
    Wall,
    /// Pages, and what is done on them: an enrolled tablet.
    Tablet,
    /// Data for clients.
    Read,
    /// What clients do.
    Act,
    /// A supervisor.
    Supervise,
    /// A supervisor who gave his password a short while ago, or gives it with the form in its field
    /// `clave`: dangerous acts.
    Again,
    /// A route that nobody has entered here.
    Unlisted,
}

use Needs::{Act, Again, Nothing, Read, Supervise, Tablet, Wall};

/// Every route with its method, as the router writes it. A test finds the routes in the source and
/// fails for one that is missing here.
pub const TABLE: &[(&str, &str, Needs)] = &[
    ("GET", "/", Tablet),
    ("GET", "/carretes", Tablet),
    ("POST", "/carretes/tomar", Tablet),
    ("POST", "/carretes/soltar", Tablet),
    ("POST", "/carretes/deshacer", Tablet),
    ("GET", "/escaneo", Tablet),
    ("GET", "/carretes/{id}/tarjeta", Tablet),
    ("POST", "/carretes/{id}/tomar", Tablet),
    ("POST", "/carretes/{id}/pausar", Tablet),
    ("POST", "/carretes/{id}/completar", Tablet),
    ("POST", "/carretes/{id}/cancelar", Tablet),
    ("POST", "/carretes/{id}/deshacer", Tablet),
    ("POST", "/carretes/{id}/metrologia", Tablet),
    ("GET", "/carretes/{id}/ayuda", Tablet),
    ("POST", "/carretes/{id}/ayuda", Tablet),
    ("POST", "/carretes/{id}/ayuda/resuelta", Tablet),
    ("GET", "/tablero", Tablet),
    ("GET", "/tablero.csv", Read),
    ("GET", "/kiosko", Wall),
    ("GET", "/registro", Tablet),
    ("GET", "/historial/{*tag}", Tablet),
    ("POST", "/rastro", Tablet),
    ("GET", "/diagnostico", Supervise),
    ("GET", "/entrar", Nothing),
    ("POST", "/entrar", Nothing),
    ("POST", "/salir", Nothing),
    ("GET", "/tableta", Nothing),
    ("POST", "/tableta", Nothing),
    ("GET", "/muro/{llave}", Nothing),
    ("GET", "/pin", Tablet),
    ("POST", "/pin", Tablet),
    ("POST", "/credencial", Tablet),
    ("GET", "/supervisor/tabletas", Supervise),
    ("POST", "/supervisor/tabletas/registrar", Again),
    ("POST", "/supervisor/tabletas/nombrar", Again),
    ("POST", "/supervisor/tabletas/desbloquear", Again),
    ("POST", "/supervisor/tabletas/revocar", Again),
    ("GET", "/supervisor/claves", Supervise),
    ("POST", "/supervisor/claves/crear", Again),
    ("POST", "/supervisor/claves/anular", Again),
    ("POST", "/supervisor/claves/muro", Again),
    ("POST", "/supervisor/claves/sin-muro", Again),
    ("POST", "/supervisor/claves/pedir-pin", Again),
    ("POST", "/supervisor/claves/pin", Again),
    ("POST", "/supervisor/claves/credencial", Again),
    ("GET", "/supervisor", Supervise),
    ("GET", "/supervisor/datos", Supervise),
    ("GET", "/supervisor/salud", Supervise),
    ("GET", "/supervisor/actividad", Supervise),
    ("GET", "/supervisor/carretes/{id}", Supervise),
    ("GET", "/supervisor/carretes/{id}/liberar", Supervise),
    ("POST", "/supervisor/carretes/{id}/liberar", Again),
    ("GET", "/supervisor/carretes/{id}/reabrir", Supervise),
    ("POST", "/supervisor/carretes/{id}/reabrir", Again),
    ("GET", "/supervisor/carretes/{id}/desbloquear", Supervise),
    ("POST", "/supervisor/carretes/{id}/desbloquear", Again),
    ("GET", "/supervisor/carretes/{id}/corregir", Supervise),
    ("POST", "/supervisor/carretes/{id}/corregir", Again),
    ("POST", "/supervisor/carretes/{id}/ayuda", Supervise),
    ("GET", "/manifest.webmanifest", Nothing),
    ("GET", "/sw.js", Nothing),
    ("GET", "/sin-conexion", Nothing),
    ("GET", "/vivo/tablero", Tablet),
    ("GET", "/vivo/kiosko", Wall),
    ("GET", "/vivo/carretes", Tablet),
    ("GET", "/api/sse/stream", Read),
    ("POST", "/api/occupation/tomar", Act),
    ("POST", "/api/occupation/pausar", Act),
    ("POST", "/api/occupation/completar", Act),
    ("POST", "/api/occupation/cancelar", Act),
    ("POST", "/api/occupation/deshacer", Act),
    ("POST", "/api/occupation/batch-tomar", Act),
    ("POST", "/api/metrologia/completar", Act),
    ("GET", "/api/occupation/status/{tag}", Read),
    ("GET", "/api/workers", Read),
    ("GET", "/api/spools", Read),
    ("GET", "/api/dashboard/occupied", Read),
    ("GET", "/api/history/{tag}", Read),
    ("GET", "/api/conflicts", Read),
    ("GET", "/api/redis-health", Read),
    ("GET", "/api/health/redis", Read),
    ("ANY", "/api", Read),
    ("ANY", "/api/", Read),
    ("ANY", "/api/{*rest}", Read),
    ("GET", "/health", Nothing),
    ("GET", "/ready", Nothing),
    ("GET", "/metrics", Read),
    ("GET", "/static/{*path}", Nothing),
    ("GET", "/favicon.ico", Nothing),
];

impl Needs {
    /// What a request wants. Everything beneath `/supervisor` is for supervisors, and what changes
    /// something there for those who gave their password a short while ago, unless the table says
    /// otherwise.
    pub fn of(method: &Method, route: &str) -> Needs {
        let method = if method.is_safe() { "GET" } else { method.as_str() };
        let of_route = || TABLE.iter().filter(|(_, path, _)| *path == route);
        let exact = of_route().find(|(known, _, _)| *known == method || *known == "ANY");
        match exact.or_else(|| of_route().next()) {
            Some((_, _, needs)) => *needs,
            None if !is_supervisors(route) => Needs::Unlisted,
            None if method == "GET" => Supervise,
            None => Again,
        }
    }
}

fn is_supervisors(route: &str) -> bool {
    route == "/supervisor" || route.starts_with("/supervisor/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_nobody_has_entered_is_closed_and_supervisors_have_a_whole_folder() {
        let of = |method, route| Needs::of(&method, route);
        assert_eq!(of(Method::GET, "/nueva"), Needs::Unlisted);
        assert_eq!(of(Method::GET, "/supervisores"), Needs::Unlisted);
        assert_eq!(of(Method::GET, "/supervisor/datos"), Supervise);
        assert_eq!(of(Method::POST, "/supervisor/liberar"), Again);
        assert_eq!(of(Method::HEAD, "/tablero.csv"), Read);
        assert_eq!(of(Method::GET, "/api/occupation/tomar"), Act, "another method wants no less");
        assert_eq!(of(Method::DELETE, "/api/{*rest}"), Read);
    }
}
