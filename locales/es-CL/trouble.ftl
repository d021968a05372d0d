### Pages that stand for another one that cannot be shown.

failure-title = No se pudo
failure-choose = ELEGIR NOMBRE
connecting-title = Conectando con la planilla…
connecting-wait = Esta pantalla vuelve a intentarlo sola cada pocos segundos. Si sigue así, avisa a tu supervisor.
offline-title = Sin conexión
offline-why = La tableta no llega al servidor: no se puede registrar ni ver quién tiene cada carrete.
offline-wait = Esta página vuelve sola cuando haya conexión. Si sigue así, revisa el Wi-Fi o avisa a tu supervisor.

## What the tablet calls the application once it is installed.

manifest-name = spoolboard: quién tiene cada carrete
manifest-description = Tomar, pausar y completar carretes.
