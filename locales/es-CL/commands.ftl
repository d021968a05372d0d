### What a command tells whoever called it. Names of commands, files and settings stay as they are.

## The help. A command is an ORDEN; each line says what one does.

command-about = Quién tiene cada carrete, ahora.
command-usage = Uso
command-orders = Órdenes
command-arguments = Qué se indica
command-options = Opciones
command-help = Muestra esta ayuda
command-version = Muestra la versión
command-serve = Atiende a las tabletas y pantallas (es lo que se hace si no se pide otra cosa)
command-import = Incorpora una planilla .xlsx, o una carpeta de .csv, a la propia
command-import-path = El archivo o la carpeta
command-import-try = Solo dice qué haría; no escribe nada
command-export = Escribe la planilla propia como .xlsx
command-export-file = El archivo que se escribe
command-backup = Copia la planilla propia, también mientras se atiende
command-backup-file = La copia que se escribe
command-check = Revisa la configuración y los datos
command-supervisor = Las cuentas de los supervisores
command-supervisor-add = Crea una cuenta de supervisor; pide su clave
command-supervisor-name = Su nombre, como quedará en el historial
command-supervisor-piped = Lee la clave de la entrada estándar, una línea
command-supervisor-list = Muestra las cuentas
command-supervisor-remove = Quita una cuenta; sus sesiones terminan
command-supervisor-which = El nombre de la cuenta
command-token = Las claves de los programas que usan la API
command-token-add = Crea una clave para un programa y la muestra una sola vez
command-token-name = El nombre del programa
command-token-scope = Qué puede: read, solo leer; act, leer y registrar trabajo
command-token-list = Muestra las claves que hay, sin su secreto
command-token-revoke = Anula una clave
command-token-id = Su identificador, el que muestra la lista de claves

## What was called for is no command.

command-not-text = una variable o un argumento no es texto UTF-8 válido: mira qué se puede pedir con «{ $help }»
command-unknown = no se entiende «{ $what }»: mira qué se puede pedir con «{ $help }»
command-lacks = falta decir { $what }: mira cómo con «{ $help }»
command-bad-value = «{ $value }» no vale para { $what }: mira qué se admite con «{ $help }»
command-not-understood = la orden no se entiende: mira qué se puede pedir con «{ $help }»

## Serving.

serve-at = spoolboard atiende en { $address }{ $demo ->
    [0] {""}
   *[other] {" "}(planta de demostración; «spoolboard import ARCHIVO» la reemplaza)
}{ $open ->
    [0] {""}
   *[other] {" "}(acceso abierto: cualquiera que llegue a esta dirección puede registrar trabajo)
}
serve-no-supervisor = todavía no hay supervisores que registren tabletas: crea el primero con «spoolboard supervisor add NOMBRE»
serve-connecting = conectando con la planilla; mientras tanto se puede mirar, no registrar
serve-no-runtime = el sistema no permite trabajar: { $why }
serve-no-signals = no se pueden recibir señales del sistema: { $why }

## The embedded workbook and files.

files-own = { $variable } está definida: esta orden trabaja con la planilla propia, no con la de Google.
files-tried = Prueba: no se escribió nada.
files-kept = Guardado en { $file }.
files-demo-stays = no se puede quitar la planta de demostración de { $folder }: { $why }
files-shortened = Recortado por el límite de una celda: { $sheet }, fila { $row }, { $column }.
files-written = Escrito { $file }: { $count ->
    [one] { $count } carrete
   *[other] { $count } carretes
}.
files-copied = Copiado en { $file }.
files-none = no hay ninguna planilla en { $variable }={ $folder }

## A file that is imported or written. $file is its path.

import-not-found = No existe «{ $file }».
import-unread = No se pudo leer «{ $file }»: { $why }.
import-no-workbook = «{ $file }» no es una planilla de Excel (.xlsx) ni una carpeta con archivos .csv.
import-damaged = «{ $file }» está incompleto o dañado: vuelve a copiarlo o a descargarlo ({ $why }).
import-password = «{ $file }» está protegido con contraseña: quítale la contraseña y guárdalo de nuevo.
import-old-format = «{ $file }» está en el formato antiguo de Excel (.xls): guárdalo como .xlsx.
import-single-csv = «{ $file }» es un solo archivo .csv: da la carpeta que contiene { $first } y los demás.
# $limit is one of those below.
import-too-big = «{ $file }» es demasiado grande: { $limit }.
import-heavy = pesa más de 200 MB
import-swells = descomprimido ocupa más de 1 GB
import-many-cells = tiene más filas o celdas de las que caben en una planilla
import-no-sheet = No hay ninguna hoja «{ $sheet }» en «{ $file }»; contiene: { $found }.
import-empty = No hay ninguna hoja «{ $sheet }» en «{ $file }»; está vacío.
import-two-files = Hay dos archivos para la hoja «{ $sheet }»: { $first } y { $second }; deja uno solo.
import-lacks = A la hoja «{ $sheet }» le { $count ->
    [one] falta una columna
   *[other] faltan columnas
} en la primera fila: { $columns }.
import-utf16 = «{ $file }» está en UTF-16: guárdalo como «CSV UTF-8».
import-bad-csv = «{ $file }» no se pudo leer como CSV: { $why }.
import-no-text = no es texto
import-not-written = No se pudo escribir «{ $file }»: { $why }.
import-not-utf8 = «{ $file }» no está en UTF-8; se leyó como Windows-1252, el de Excel: revisa los acentos.
import-1904 = La planilla cuenta los días desde 1904; las fechas se convirtieron.

## Supervisors and keys of programs.

register-closed = no se puede abrir el registro de quién puede entrar: { $why }
register-unread = no se puede leer el registro de quién puede entrar: { $why }
register-silent = el registro de quién puede entrar no responde: { $why }
# Behind one of the three that follow.
register-alone = ; o quita { $variable }: un solo proceso lo guarda en { $data }
register-forgets = { $access } guarda en Redis quién puede entrar, y este lo olvidaría al apagarse: ponle «appendonly yes» (redis-cli CONFIG SET appendonly yes, y la misma línea en redis.conf)
register-may-forget = { $access } guarda en Redis quién puede entrar, y este no dice si lo conserva al apagarse: permite INFO al usuario de { $variable } (redis-cli ACL SETUSER usuario +info)
register-evicts = { $access } guarda en Redis quién puede entrar, y este lo borraría al llenarse su memoria (maxmemory-policy { $policy }): ponle «maxmemory-policy noeviction» (redis-cli CONFIG SET maxmemory-policy noeviction, y la misma línea en redis.conf)
account-added = { $name } puede entrar en /entrar con su clave.
account-none = No hay supervisores. El primero se crea con «spoolboard supervisor add NOMBRE».
account-line = { $name }, desde el { $day }
account-removed = { $name } ya no puede entrar como supervisor.
account-ask = Clave:
account-ask-again = Otra vez:
account-unread = no se puede leer la clave: { $why }
account-no-terminal = la clave se escribe en una terminal; desde un programa, usa { $option }
account-differ = las dos claves no son iguales; no se guardó nada
account-taken = ya existe una cuenta con ese nombre; quítala primero
account-gone = no existe una cuenta con ese nombre
account-bad-name = el nombre debe tener de 1 a 80 caracteres, con alguna letra o número
account-weak = la clave debe tener de { $least } a { $most } caracteres, no ser el nombre ni un solo carácter repetido
account-not-now = ahora no se puede; inténtalo otra vez
# Who made a key from the command line.
key-by = la línea de órdenes
key-once = Se muestra una sola vez: guárdala ahora. El programa la envía como «Authorization: Bearer …».
key-none = No hay claves de programas.
key-line = { $name }, creada el { $day } por { $by }
key-revoked = La clave de { $name } está anulada.
key-gone = no existe ninguna clave con el identificador { $id }
