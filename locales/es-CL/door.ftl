### Who may come in: tablets, supervisors, keys of programs, the link of a wall, the workers' PIN.

door-sections = Secciones
door-attend = Atender
door-data = Datos
door-health = Salud
door-activity = Actividad
door-keys = Claves
door-leave = Salir
door-your-password = Tu clave de supervisor

## The password once more. $act is one of the acts below; $tag is a spool, in bold.

again-title = Tu clave · Supervisor
again-ask = ¿{ $act }?
again-ask-tag = ¿{ $act } { $tag }?
again-release = Liberar
again-reopen = Reabrir
again-unblock = Desbloquear
again-correct = Corregir
again-help = Atender la ayuda
again-enrol = Registrar la tableta
again-rename = Cambiar el nombre de la tableta
again-revoke = Revocar la tableta
again-create = Crear la clave
again-cancel = Anular la clave
again-wall = Crear el enlace del muro
again-no-wall = Quitar el enlace del muro
again-ask-pin = Cambiar si se pide el PIN
again-pin = Guardar el PIN
again-badge = Guardar la credencial
again-go-on = Seguir
# $reason and $name are in bold.
again-reason = Motivo: { $reason }
again-name = Nombre: { $name }
again-new-pin = PIN nuevo, otra vez
again-badge-code = Código de la credencial, escaneado otra vez
again-your-name = Tu nombre
again-confirm = CONFIRMAR
again-enter-confirm = ENTRAR Y CONFIRMAR

## Keys.

keys-wall = Enlace del muro
# $link is shown once, to be typed.
keys-wall-once = Se muestra una sola vez. Ábrelo en el televisor: { $link }
keys-no-wall = No hay enlace: ningún televisor sin registrar ve el muro.
keys-has-wall = Hay un enlace, creado el { $day }. Deja ver el muro y nada más. Si creas otro, el anterior deja de valer.
keys-make-wall = CREAR ENLACE
keys-make-other-wall = CREAR OTRO ENLACE
keys-drop-wall = QUITAR EL ENLACE
keys-programs = Claves de programas
keys-once = Se muestra una sola vez. Cópiala ahora: { $token }
keys-program-name = Nombre del programa
keys-may = Puede
keys-may-read = solo leer
keys-may-act = leer y registrar trabajo
keys-acts = leer y registrar
keys-make = CREAR CLAVE
keys-made = Creada el { $day } por { $name } · sin usar todavía
keys-made-used = Creada el { $day } por { $name } · último uso { $seen }
keys-cancel = ANULAR { $name }
keys-pins = PIN y credenciales de los trabajadores
keys-pin-asked = Se pide el PIN: nadie registra trabajo sin haberlo dado en la tableta.
keys-pin-not-asked = No se pide PIN: basta elegir el nombre.
keys-ask-no-pin = NO PEDIR PIN
keys-ask-pin = PEDIR PIN
keys-has-pin = { $name } (tiene PIN)
keys-has-badge = { $name } (tiene credencial)
keys-new-pin = PIN nuevo, { $digits ->
    [one] { $digits } número
   *[other] { $digits } números
}; vacío lo quita
keys-save-pin = GUARDAR PIN
keys-badge = Código de la credencial, escaneado; vacío las quita
keys-save-badge = GUARDAR CREDENCIAL

## Signing in.

pin-title = PIN de { $name }
pin-type = Escribe tu PIN
pin-label = PIN de 6 números
pin-forgotten = Si no tienes PIN, o lo olvidaste, tu supervisor te da otro.
sign-in-title = Entrar
sign-in-heading = Supervisores
sign-in-how = Entra con tu nombre y tu clave
sign-in-password = Clave
sign-in-ends = La sesión termina a las 12 horas, o cuando sales; en una tableta registrada, también después de 10 minutos sin usarla. Quien administra el sistema crea las cuentas.

## A tablet that wants in.

tablet-title = Registrar esta tableta
tablet-heading = Esta tableta
tablet-i-am = Soy supervisor
tablet-code = Código de esta tableta
tablet-picture = El mismo código, para una cámara
# $place is .place, in bold.
tablet-how = Un supervisor lo escribe en { $place }, o lo escanea con su teléfono, y le pone nombre. Esta página sigue sola.
    .place = Supervisor → Tabletas
tablet-lasts = { $count ->
    [one] El código vale { $count } minuto más, y una sola vez.
   *[other] El código vale { $count } minutos más, y una sola vez.
}
tablet-unknown = Esta tableta todavía no está registrada
tablet-needs = Para ver los carretes y registrar trabajo hace falta que un supervisor la registre. Pide un código y muéstraselo.
tablet-ask-code = PEDIR UN CÓDIGO

## The tablets.

tablets-enrol = Registrar una tableta
tablets-waiting = { $count ->
    [one] { $count } espera
   *[other] { $count } esperan
}
tablets-code = Código que muestra
tablets-name = Nombre, como «Armado 1»
tablets-do-enrol = REGISTRAR
tablets-enrolled = Registradas
tablets-none = Todavía no hay ninguna. Abre esta aplicación en una tableta y pide un código.
tablets-this = esta misma
tablets-locked = BLOQUEADA: demasiados PIN incorrectos
tablets-over = VENCIDA: 90 días sin verla
tablets-seen = Último contacto { $seen } · registrada el { $day } por { $name }
tablets-unlock = DESBLOQUEAR
tablets-change = Cambiar nombre o revocar
tablets-rename = CAMBIAR NOMBRE
tablets-revoke = REVOCAR { $name }

wall-title = Muro
wall-opening = Abriendo el muro…
wall-open = ABRIR EL MURO
