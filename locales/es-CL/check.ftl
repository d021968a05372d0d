### What `spoolboard check` finds: a line each, behind check-good, check-warning or check-error, which are equally wide.

check-good = bien
check-warning = aviso
check-error = ERROR
check-works = Se puede trabajar.
check-errors = { $count ->
    [one] Hay un error que corregir.
   *[other] Hay { $count } errores que corregir.
}

## Settings.

check-settings = la configuración es válida
check-zone = zona horaria { $zone }: ahora son las { $clock } del { $day } ({ $offset })
check-listens = se escucha en { $address }, datos en { $data }
check-enrolled = entra solo quien está registrado ({ $access })
check-open = acceso abierto: cualquiera que llegue a esa dirección puede registrar trabajo
check-https = se atiende por https con el certificado { $file }
check-behind = se atiende por http detrás de { $proxies }
check-http = se atiende por http: lo que se envía en la red se puede leer y cambiar en el camino
check-no-effect = { $variable } se acepta y no tiene efecto

## Locks. $book is check-own-book or check-google-book.

check-own-book = planilla propia
check-google-book = planilla de Google
check-own-locks = { $book } y bloqueos en este proceso: un solo servidor
check-redis-unusable = Redis ({ $address }) no se puede usar, y sin él nadie registra trabajo: { $why }
check-redis = { $book }, bloqueos en Redis ({ $address }), que responde en { $latency } ms
check-redis-keeps = Redis guarda los bloqueos en disco
check-redis-forgets = Redis no guarda los bloqueos en disco; al volver de un corte se rehacen desde la planilla, pero conviene «appendonly yes»
check-redis-may-forget = Redis no dice si guarda los bloqueos en disco: conviene «appendonly yes»
check-redis-evicts = Redis puede borrar bloqueos si le falta memoria (maxmemory-policy { $policy }); conviene «noeviction»
check-redis-may-evict = Redis no dice qué hace si le falta memoria: conviene «maxmemory-policy noeviction»

## The embedded workbook.

check-no-book = todavía no hay planilla: «serve» empieza con la planta de demostración, «import» con la tuya
check-whole = el archivo de la planilla está íntegro
check-damaged = archivo dañado: { $damage }
check-demo = el contenido es la planta de demostración

## The workbook at Google.

check-no-token = { $why }; mira la hora de este equipo, la red, y que la clave no se haya borrado
check-closed = { $why }; mira { $variable }, y que en «Compartir» la planilla tenga a esa cuenta como editora
check-opens = la cuenta { $account } abre la planilla, que responde en { $latency } ms
check-outbox = registros de auditoría que esperan en este equipo: { $count }
check-unread = la planilla no se puede leer: { $why }
check-tab-barred = la pestaña { $tab } está protegida contra { $account }: quita la protección
check-columns-barred = columnas de { $tab } protegidas contra { $account }: { $columns }; quita la protección
check-editor = la cuenta es editora de la planilla
check-maybe-editor = sin escribir no se puede saber si la cuenta es editora: mira que «Compartir» diga Editor para { $account }
check-book-zone = la zona horaria de la planilla es { $zone }
check-other-zone = la zona horaria de la planilla es { $zone } y la de la planta ({ $variable }) es { $plant }: corrígela en Archivo, Configuración
check-audit = { $tab } tiene sus diez columnas
check-no-audit = la auditoría no se puede escribir: { $why }; mientras tanto sus registros esperan en este equipo
check-audit-twice = columnas repetidas en { $tab }, se usa la primera: { $columns }
check-guard = conviene proteger la pestaña { $tab } (Datos, Proteger hojas) dejando editar solo a { $account }: es la auditoría
check-formulas-unknown = no se pudieron buscar fórmulas: { $why }
check-no-formulas = no hay fórmulas en las columnas que se escriben
check-formulas = fórmulas en columnas que se escriben; no se tocan y esas filas se rechazan: { $columns }
check-formula = fila { $row }: { $tag }: { $column } { $formula }
check-quota = esta revisión usó { $reads } de las { $allowed } lecturas por minuto de la cuenta, quedan { $left } si nadie más la usa; «serve» usa unas { $each } y otro programa con la misma cuenta gasta del mismo cupo
check-over-quota = { $setting } pide más lecturas que el cupo: se lee menos a menudo

## Columns, people and rows.

check-columns = están todas las columnas imprescindibles
check-columns-missing = { $count ->
    [one] falta una columna imprescindible, agrégala a la planilla: { $columns }
   *[other] faltan columnas imprescindibles, agrégalas a la planilla: { $columns }
}
check-split = no hay { $tag }; mientras tanto los carretes se muestran por la columna { $split }
check-columns-optional = { $count ->
    [one] falta una columna opcional: { $columns }
   *[other] faltan columnas opcionales: { $columns }
}
check-columns-twice = columnas repetidas, se usa la primera: { $columns }
check-plant = { $spools ->
    [one] { $spools } carrete
   *[other] { $spools } carretes
}, { $workers ->
    [one] { $workers } trabajador activo
   *[other] { $workers } trabajadores activos
}
check-no-role = trabajadores sin rol: { $workers }
check-twins = filas que comparten su TAG con otra: { $count }
check-twin = fila { $row }: { $tag } ({ $nv }, { $ot })
check-unusable = filas que no se pueden usar: { $count }
check-warned = filas que tienen avisos: { $count }
check-problem = fila { $row }: { $tag }: { $problem }
check-archive = { $rows ->
    [one] la auditoría tiene { $rows } fila: conviene archivar
   *[other] la auditoría tiene { $rows } filas: conviene archivar
}
