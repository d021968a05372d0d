### The settings: what each is, as `spoolboard --help` says it, and what is wrong with one. Names of variables and
### addresses are for whoever installs it. Each of these is one line of its own.

## What a setting is; its default stands in brackets.

option-listen = Dirección y puerto en que se escucha [127.0.0.1:8000]
option-data = Carpeta de los datos [./data]
option-access = Quién puede registrar trabajo: open o enrolled
option-secret = Clave de al menos 32 bytes para firmar y proteger claves; la pide enrolled
option-timezone = Zona horaria de la planta [America/Santiago]
option-occupation = Horas tras las que un carrete ocupado está vencido; 0 es nunca [12]
option-idle = Horas tras las que un carrete empezado y suelto está parado; 0 es nunca [24]
option-cycles = Rechazo que bloquea un carrete; 0 es sin límite [3]
option-lock-ttl = Vida de un bloqueo en segundos [3600]
option-redis = Redis; sin él los bloqueos viven en este proceso
option-redis-connections = Se acepta por configuraciones anteriores; no tiene efecto
option-sheet = La planilla de Google; sin ella se usa la propia
option-account = Archivo con la cuenta de servicio
option-account-json = La cuenta de servicio misma, como JSON
option-sheets-url = Otra dirección del servicio de hojas
option-refresh = Cada cuántos segundos se lee la planilla [5]
option-operaciones = Nombre de la hoja de carretes [Operaciones]
option-trabajadores = Nombre de la hoja de trabajadores [Trabajadores]
option-roles = Nombre de la hoja de roles [Roles]
option-metadata = Nombre de la hoja de auditoría [Metadata]
option-language = Idioma de las pantallas y de las órdenes, o una carpeta con sus archivos .ftl [es-CL]
option-certificate = Certificado PEM con su cadena; con él se atiende por https
option-key = Clave PEM de ese certificado
option-proxies = Direcciones o redes, separadas por comas, de los proxies a los que se les cree quién llama
option-records = Qué se escribe en el registro de sucesos [info]

## What stands for the value of a setting, in capitals.

value-address = IP:PUERTO
value-folder = CARPETA
value-mode = MODO
value-secret = CLAVE
value-zone = ZONA
value-hours = HORAS
value-file = ARCHIVO
value-sheet = HOJA
value-language = IDIOMA
value-networks = IP,RED
value-filter = FILTRO
value-order = ORDEN
value-path = RUTA
value-name = NOMBRE

## What is wrong with one. $variable is its name, $value what it holds.

# $allowed is one of those below.
setting-wrong = { $variable }={ $value } no es válido: se admite { $allowed }
setting-bad = { $variable } no es válido: { $why }
setting-undefined = { $variable } no está definida: se piden al menos 32 bytes al azar, los mismos con que se atiende
setting-short = { $variable } es demasiado corta (su valor no se muestra): se piden al menos 32 bytes
setting-wants-secret = { $access } pide { $secret }, que no está definida: se piden al menos 32 bytes al azar, como los de «openssl rand -hex 32»
setting-open-behind = { $access } no está definida y { $proxies } dice que se llega desde la red: defínela como open (cualquiera puede registrar trabajo) o enrolled
setting-open-outside = { $access } no está definida y { $listen } se alcanza desde la red: defínela como open (cualquiera puede registrar trabajo) o enrolled; en un contenedor, con «-e { $access }=open» para probar, o «-e { $access }=enrolled -e { $secret }=…» para una planta
setting-redis = { $variable }={ $value } no es válido ({ $why }): se admite redis://[usuario:clave@]equipo[:puerto][/base], rediss:// con TLS, redis+sentinel://[usuario:clave@]equipo[:puerto][,equipo[:puerto]]/servicio[/base] o rediss+sentinel://, y al final { $authority }
setting-account-unread = { $variable }={ $value } no se puede leer ({ $why }): se admite el archivo JSON de una cuenta de servicio
setting-account-twice = { $file } y { $json } están definidas las dos: deja solo una
setting-account-missing = { $sheet } está definida, y falta la cuenta de servicio: define { $file } (un archivo) o { $json }
setting-pair = { $certificate } y { $key } no se pueden usar ({ $why }): se admiten dos archivos PEM, el certificado con su cadena y su clave, y la clave sin permisos para otros
setting-half-pair = { $variable } está definida y falta { $other }: define las dos o ninguna
setting-folder-in-use = la carpeta de datos { $folder } está en uso por otro spoolboard; ciérralo primero o usa otra ({ $variable })
setting-folder = { $variable }={ $folder } no se puede usar como carpeta de datos: { $why }
setting-address-in-use = { $variable }={ $value }: no se puede escuchar ahí: { $why }

setting-open-to-others = otros pueden leerlo o cambiarlo (modo { $mode }): déjalo en 600
setting-no-pem = { $file } no contiene lo que se espera en PEM
setting-no-pair = no se pueden usar juntos: { $why }
setting-newer = { $file } tiene el formato { $found } y este programa conoce el { $known }: usa el programa más nuevo
setting-closed = { $file } no se puede abrir: { $why }
redis-scheme = no empieza como una dirección de Redis
redis-service = falta el nombre del servicio
redis-parameter = detrás de la dirección solo puede venir { $parameter }, y solo con TLS
redis-authority = { $parameter } no se puede leer: { $why }

allowed-address = una dirección IP y un puerto, como 127.0.0.1:8000
allowed-zone = una zona horaria como America/Santiago
allowed-sheet = el nombre de una hoja, de 1 a 100 caracteres
# $why is what is wrong with the language that was named.
allowed-language = es-CL, o una carpeta con todas sus frases ({ $why })
allowed-access = open o enrolled
allowed-number = un número entero entre { $least } y { $most }
allowed-filter = un filtro como info, o spoolboard=debug,warn
allowed-url = una dirección https, o http en este mismo equipo
allowed-proxies = direcciones IP o redes separadas por comas, como 127.0.0.1,10.0.0.0/8; ninguna las puede abarcar todas

## Why the workbook at Google can never be reached with a setting; each stands behind its name.

google-no-id = no es el identificador de una planilla: es la parte de su dirección entre /d/ y /edit
google-url = se admite { $allowed }
google-no-account = no es el archivo JSON de una cuenta de servicio
google-account-url = su { $field } es { $value }: se admite https, o http en este mismo equipo
google-account-key = su clave privada no se puede leer
google-outbox = { $file } no se puede usar: { $why }
google-outbox-in-use = está en uso por otro spoolboard; cada uno necesita su propia carpeta
google-outbox-newer = su formato es el { $found } y este programa conoce el { $known }; usa el programa más nuevo
google-outbox-damaged = uno de sus registros no se puede leer
google-slow = Google tarda demasiado en contestar
google-no-permission = la cuenta { $account } no obtiene permiso de Google: { $why }
google-closed = la cuenta { $account } no abre la planilla: { $why }
