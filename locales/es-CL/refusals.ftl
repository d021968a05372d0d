### Why something was not done: what happened, who has the spool and since when, and what to do now.
### An argument that may be absent is 0 then. $operation is ARM, SOLD, METROLOGÍA or REPARACIÓN, $kind the same
### as the workbook writes it (ARM, SOLD, METROLOGIA, REPARACION), to agree with.

refusal-unknown-spool = No existe ningún carrete «{ $asked }». Revisa el TAG o búscalo en la lista.
refusal-spool-gone = Ese carrete cambió en la planilla. Actualiza la lista.
refusal-unknown-worker = No existe ningún trabajador con el número { $id }. Vuelve a elegir tu nombre.
refusal-inactive = { $name } no figura entre los trabajadores activos y no puede registrar trabajo. Avisa al supervisor.
# $rows is a list of rows as refusal-twin says them.
refusal-twins = Hay { $count ->
    [one] { $count } carrete
   *[other] { $count } carretes
} con el TAG { $tag } ({ $rows }). Elige en la lista cuál de ellos es.
refusal-twins-more = Hay { $count ->
    [one] { $count } carrete
   *[other] { $count } carretes
} con el TAG { $tag } ({ $rows }; y más). Elige en la lista cuál de ellos es.
refusal-twin = { $nv }, { $ot }, fila { $row }
refusal-unreadable = { $tag } no se puede usar: { $problem } Avisa al supervisor para que se corrija en la planilla.
refusal-yours = { $operation ->
    [0] Ya tienes { $tag }. Complétalo, páusalo o cancélalo antes de tomarlo para otra operación.
   *[other] Ya tienes { $tag } para { $operation }. Complétalo, páusalo o cancélalo antes de tomarlo para otra operación.
}
# $held is refusal-held.
refusal-occupied = { $tag } { $held } Elige otro carrete o pídele que lo pause.
refusal-occupied-overdue = { $tag } { $held } Está vencido: puedes relevarlo.
refusal-held = lo tiene { $name }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $since ->
    [0] {""}
   *[other] {" "}{ $since }
}.
refusal-being-taken = { $tag } lo está tomando { $name } en este momento. Elige otro carrete o actualiza la lista.
refusal-blocked = { $tag } está BLOQUEADO: metrología lo rechazó demasiadas veces. Llama al supervisor.
refusal-role = Para { $operation } hace falta el rol { $roles }. Elige otra operación o avisa al supervisor.
# Between the last two of a list of roles.
refusal-role-or = o
refusal-done = { $operation } de { $tag } ya está { $finished }{ $day ->
    [0] {""}
   *[other] {" "}desde el { $day }
}. Elige otro carrete.
# How an operation that has ended is called.
finished = { $kind ->
    [METROLOGIA] aprobada
    [REPARACION] completada
   *[other] completado
}
refusal-materials = { $tag } todavía no tiene materiales ({ $column } está vacía) y no se puede empezar { $operation }. Elige otro carrete.
refusal-before = Antes de { $operation } hay que completar { $missing } en { $tag }. Elige otro carrete.
# $state is one of the states below.
refusal-not-available = { $tag } no está disponible para { $operation }: { $state }. Elige otro carrete.
refusal-inspect = METROLOGÍA no se toma: registra directamente APROBADO o RECHAZADO en { $tag }.
refusal-state-not-welded = aún no está soldado
refusal-state-pending = espera el veredicto de metrología
refusal-state-approved = ya está aprobado
refusal-state-rejected = está rechazado y espera reparación
refusal-state-in-repair = está en reparación
refusal-state-repair-paused = tiene la reparación en pausa
refusal-state-blocked = está bloqueado
refusal-not-started = { $tag } no tiene ninguna operación en curso que se pueda completar o cancelar. Páusalo y avisa al supervisor.
refusal-free = No tienes { $tag }: ahora está libre. Tómalo primero.
refusal-not-owner = No tienes { $tag }: { $held } Solo quien lo tiene, o un supervisor, puede soltarlo.
refusal-future = La fecha { $day } todavía no llega: hoy es { $today }. Indica hoy o un día anterior.
refusal-not-yours = Esa acción no es tuya o no es de { $tag }: solo puedes deshacer tu propia última acción.
refusal-changed-since = { $tag } cambió después de esa acción y ya no se puede deshacer. Actualiza la lista.
refusal-already-free = { $tag } ya está libre: no hay nada que liberar.
refusal-not-done = { $operation } de { $tag } no está { $finished }: no hay nada que reabrir.
refusal-next-begun = No se puede reabrir { $tag }: { $operation } ya empezó. Hay que cancelarla primero.
refusal-not-blocked = { $tag } no está bloqueado: no hay nada que desbloquear.
refusal-reason = Falta el motivo. Escríbelo: queda en el historial del carrete.
refusal-seen-otherwise = { $tag } cambió desde que abriste esta página y no se escribió nada. Mira cómo está ahora y confirma otra vez.
refusal-nothing-to-correct = La fila de { $tag } ya no necesita esa corrección. Mira cómo está ahora.
refusal-worker-missing = Falta el trabajador que se anota en { $column } de { $tag }. Elígelo en la lista.
refusal-help-unseen = { $name } ya pide ayuda con { $tag }{ $since ->
    [0] {""}
   *[other] {" "}{ $since }
}. El supervisor todavía no lo ha visto.
refusal-help-seen = { $name } ya pide ayuda con { $tag }{ $since ->
    [0] {""}
   *[other] {" "}{ $since }
}. { $seen } ya lo vio.
refusal-no-help = Nadie pide ayuda con { $tag }, o ya está resuelto. Actualiza la lista.
refusal-not-asker = La ayuda con { $tag } la pidió { $name }: solo { $name } o un supervisor puede darla por resuelta.
refusal-inspection-off = METROLOGÍA y REPARACIÓN están desactivadas: en la planilla falta la columna { $detail } o { $date }. Avisa a la oficina.
refusal-key-reused = Ese identificador de operación ya se usó para otra acción. Actualiza la lista e inténtalo otra vez.

## How and when one's own work on a spool ended. $when is time-at.

ended-by-hand = Ya no tienes { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}: se cambió a mano en la planilla. Si sigues con él, tómalo otra vez.
ended-paused = Ya pausaste { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}. Tómalo otra vez para seguir.
ended-completed = Ya completaste { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}. No hay nada más que hacer con él.
ended-cancelled = Ya cancelaste { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}. Tómalo otra vez para empezar.
ended-relieved = { $name } tomó el relevo de { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}. Elige otro carrete.
ended-released = { $name ->
    [0] El supervisor
   *[other] { $name } (supervisor)
} liberó { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}{ $reason ->
    [0] {""}
   *[other] , motivo: { $reason }
}. Tómalo otra vez si sigues con él.
ended-otherwise = Ya no tienes { $tag }{ $operation ->
    [0] {""}
   *[other] {" "}({ $operation })
}: cambió{ $when ->
    [0] {""}
   *[other] {" "}{ $when }
}. Actualiza la lista.

## What failed outside the plant's rules.

error-conflict = El carrete cambió mientras se guardaba y no se escribió nada. Actualiza la lista e inténtalo otra vez.
error-workbook = La planilla no responde y no se guardó nada. Espera unos segundos e inténtalo otra vez.
error-locks = No se puede comprobar quién tiene cada carrete y no se guardó nada. Espera unos segundos e inténtalo otra vez.
error-events = El aviso a las pantallas no responde. Espera unos segundos e inténtalo otra vez.
error-withdrawn = No se alcanzó a guardar a tiempo y no se escribió nada. Inténtalo otra vez.
error-unknown = Se envió, pero todavía no se sabe si quedó guardado. Espera: la pantalla se pondrá al día sola; no lo repitas en otra tableta.
error-internal = { $reference ->
    [0] Algo falló en el programa. Avisa al supervisor.
   *[other] Algo falló en el programa. Avisa al supervisor con la referencia { $reference }.
}

## Times within a sentence.

# $hour is the number of the hour, $clock the time: "la 01:20", "las 10:42".
time-clock = { $hour ->
    [1] la { $clock }
   *[other] las { $clock }
}
time-at = { $day ->
    [0] a { $clock }
   *[other] el { $day } a { $clock }
}
time-since = { $day ->
    [0] desde { $clock }
   *[other] desde el { $day } a { $clock }
}
