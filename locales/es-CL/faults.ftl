### What is wrong with a request before any rule is asked. JSON, UUID and the names of fields are for programs.

fault-unknown-route = Esa dirección no existe. Vuelve a la página de inicio.
fault-wrong-method = Esa dirección existe, pero no se usa de esa manera.
fault-address-too-long = La dirección es demasiado larga: se admiten 2.048 caracteres.
fault-bad-address = La dirección contiene caracteres que no se pueden leer.
fault-head-too-large = La petición trae demasiados encabezados: se admiten 64.
fault-too-many = Llegaron demasiadas peticiones seguidas y esta no se atendió. Espera un segundo e inténtalo otra vez.
fault-body-too-large = Los datos enviados son demasiado grandes: se admiten 64 KiB.
fault-body-cut = Los datos no llegaron completos. Inténtalo otra vez.
fault-not-form = Los datos enviados no son los de un formulario. Actualiza la página.
fault-not-json-type = Los datos deben enviarse como JSON (Content-Type: application/json).
fault-not-json = Los datos enviados no son JSON válido.
fault-not-an-object = Los datos enviados deben ser un objeto JSON con sus campos.
# $wants is one of those below.
fault-missing = Falta el campo { $field }: { $wants }.
fault-wrong = El campo { $field } no es válido: { $wants }.
fault-repeated = El campo { $field } nombra { $tag } más de una vez.
fault-nothing-chosen = No hay carretes seleccionados. Marca al menos uno.
fault-too-many-chosen = Elegiste { $count } y el máximo es 50. Desmarca algunos.
fault-other-site = La petición viene de otro sitio web y no se admite. Abre la aplicación en su propia dirección.
fault-other-name = Nadie ha decidido quién puede usar la planta, y así solo se atiende en este equipo: ábrela como localhost o 127.0.0.1, o define { $access }.
fault-passed-on = Nadie ha decidido quién puede usar la planta, y así solo se atiende en este equipo y sin un proxy de por medio: ábrela como localhost o 127.0.0.1, o define { $access }.
# $why begins with a capital letter.
fault-not-read = { $why }. Todavía no se pudo leer nada: se sigue intentando.
fault-too-slow = La respuesta tarda demasiado. Espera unos segundos e inténtalo otra vez.
fault-too-slow-action = La respuesta tarda demasiado y todavía no se sabe si quedó guardado. Espera: la pantalla se pondrá al día sola.

wants-tag = debe ser el TAG de un carrete, un texto de 1 a 100 caracteres
wants-tag-list = debe ser una lista de 1 a 50 TAG de carretes, cada uno de 1 a 100 caracteres
wants-choice = debe ser una operación y un carrete, como ARM:MK-1
wants-worker = debe ser el número de un trabajador, un entero mayor que cero
wants-operation = debe ser ARM, SOLD, METROLOGIA o REPARACION
wants-verdict = debe ser APROBADO o RECHAZADO
wants-date = debe ser una fecha que exista, como 2026-11-21 o 21-11-2026
wants-text = debe ser un texto de hasta 500 caracteres
wants-flag = debe ser verdadero o falso (true, false)
wants-uuid = debe ser el identificador (UUID) de una acción
wants-uuid4 = debe ser un UUID de la versión 4
wants-count = debe ser un número entero, de cero en adelante
wants-remedy = debe ser una de las correcciones que ofrece la página
wants-state = debe ser disponible, ocupado o problema

## At the door.

door-unknown = Esta tableta o programa no está registrado aquí. Una tableta la registra un supervisor; un programa necesita su clave de acceso.
door-not-allowed = Eso no está permitido con este acceso. Habla con tu supervisor.
door-supervisors-only = Eso es solo para supervisores. Entra con tu nombre y tu clave.
door-password-again = Para esto hay que dar otra vez tu clave de supervisor. Lo que escribiste sigue aquí.
door-enter-first = Tu sesión terminó, o todavía no has entrado. Da tu nombre y tu clave de supervisor: lo que escribiste sigue aquí.
door-wrong-password = La clave no es correcta. Escríbela otra vez: lo demás sigue aquí.
door-wrong = El nombre o la clave no son correctos. Revísalos e inténtalo otra vez.
door-wrong-pin = El PIN no es correcto. Inténtalo otra vez; si lo olvidaste, tu supervisor te da otro.
door-no-such-code = Ninguna tableta muestra ese código, o ya venció. Revisa las ocho letras en la tableta.
door-no-such-badge = Esa credencial no es de nadie. Elige tu nombre o avisa a tu supervisor.
# $time is wait-seconds or wait-minutes.
door-wait = Demasiados intentos. Espera { $time } e inténtalo otra vez.
door-turn = Muchos están tratando de entrar. Tu turno es en { $time }: inténtalo entonces, se te guarda dos minutos.
door-tablet-locked = En esta tableta se escribieron demasiados PIN incorrectos. Llama a un supervisor para que la desbloquee.
door-pin-first = Antes de registrar trabajo hay que dar el PIN en esta tableta. Elige tu nombre otra vez.
door-pin-on-tablet = El PIN se da en una tableta registrada, y este equipo no lo es. Aquí entraste como supervisor: para cerrar esa sesión, toca Salir en Supervisor.
door-busy = Muchos quieren entrar a la vez. Espera unos segundos e inténtalo otra vez.
door-bad-name = El nombre debe tener de 1 a 80 caracteres, con alguna letra o número.
door-taken = Eso ya existe. Elige otro nombre u otro código.
door-weak-pin = El PIN debe tener 6 números que nadie adivine: ni seguidos, ni repetidos, ni el año.
door-bad-badge = El código de la credencial debe tener de 4 a 100 caracteres. Escanéala otra vez.
door-gone = Eso ya no existe. Actualiza la página.
door-not-open = El acceso está abierto: no hay tabletas ni claves que administrar.
door-away = No se puede comprobar quién entra: el registro de tabletas no responde. Espera unos segundos e inténtalo otra vez.
wait-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
wait-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}

## What stands in the way of every action.

# $headers is a list of columns.
obstacle-columns = { $count ->
    [one] Ahora se puede mirar, no registrar: en la planilla falta el encabezado { $headers }. Avisa a la oficina: al volver a ponerlo en la primera fila sigue solo.
   *[other] Ahora se puede mirar, no registrar: en la planilla faltan los encabezados { $headers }. Avisa a la oficina: al volver a ponerlos en la primera fila sigue solo.
}
obstacle-workbook-why = Ahora se puede mirar, no registrar: { $why }. Avisa a tu supervisor si sigue así.
obstacle-workbook = Ahora se puede mirar, no registrar: la planilla no acepta cambios. Avisa a tu supervisor si sigue así.
obstacle-locks = Ahora se puede mirar, no registrar: no se puede comprobar quién tiene cada carrete. Avisa a tu supervisor si sigue así.
data-age-minutes = { $count ->
    [one] Los datos son de hace { $count } minuto.
   *[other] Los datos son de hace { $count } minutos.
}
data-age-hours = Los datos son de hace { $hours } h { $minutes } min.
