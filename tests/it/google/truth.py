"""An unmodified gspread against the stand-in: argv is the stand-in's address, the key file, the workbook.

Only the transport is told where Google is; the package's own code is as it came. Each expectation is what
gspread documents (https://docs.gspread.org/en/v6.2.1/) or what its public recordings show.
"""

import sys

import gspread
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from gspread.utils import DateTimeOption, ValueInputOption, ValueRenderOption
from requests.adapters import HTTPAdapter

address, key_file, book_id = sys.argv[1:]
SHEETS = "https://sheets.googleapis.com/"


class Redirect(HTTPAdapter):
    def send(self, request, **options):
        request.url = address + request.url.removeprefix(SHEETS)
        return super().send(request, **options)


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


credentials = Credentials.from_service_account_file(key_file, scopes=gspread.auth.DEFAULT_SCOPES)
session = AuthorizedSession(credentials)
session.mount(SHEETS, Redirect())
client = gspread.Client(auth=credentials, session=session)

book = client.open_by_key(book_id)
equal((book.title, book.locale, book.timezone), ("Carretes", "es_CL", "America/Santiago"))
equal([sheet.title for sheet in book.worksheets()], ["Operaciones", "Trabajadores", "Roles", "Metadata"])

# Reading in the three render options.
spools = book.worksheet("Operaciones")
header = spools.row_values(1)
row = spools.find("MK-1300-CW-25000-014", in_column=header.index("TAG_SPOOL") + 1).row
equal(row, 15)
occupied = header.index("Fecha_Ocupacion")
shown = spools.get_all_values()
equal(len(shown), 41)
equal(shown[row - 1][occupied], "13-05-2026 09:14:00")
plain = spools.get_all_values(value_render_option=ValueRenderOption.unformatted)
assert abs(plain[row - 1][occupied] - 46155.384722222225) < 1e-9, plain[row - 1][occupied]
dates = spools.get_all_values(
    value_render_option=ValueRenderOption.unformatted, date_time_render_option=DateTimeOption.formatted_string
)
equal(dates[row - 1][occupied], "13-05-2026 09:14:00")
workers = book.worksheet("Trabajadores").get_all_records()
equal((len(workers), workers[0]), (12, {"Id": 91, "Nombre": "Marta", "Apellido": "Ríos", "Activo": "VERDADERO"}))

# A sheet of our own; RAW against USER_ENTERED.
mine = book.add_worksheet("cuaderno 'uno'", rows=20, cols=6)
reply = mine.update([["21-01-2026", "=2+3", "7"]], "A1:C1", value_input_option=ValueInputOption.raw)
equal((reply["updatedRange"], reply["updatedCells"]), ("'cuaderno ''uno'''!A1:C1", 3))
mine.update([["21-01-2026", "=2+3", "7"]], "A2:C2", value_input_option=ValueInputOption.user_entered)
equal(mine.get("A1:C2", value_render_option=ValueRenderOption.unformatted), [["21-01-2026", "=2+3", "7"], [46043, 5, 7]])
equal(mine.get("A2:C2", value_render_option=ValueRenderOption.formula), [[46043, "=2+3", 7]])
equal(mine.get("A2:C2"), [["21-01-2026", "5", "7"]])
equal(mine.acell("B2").value, "5")
mine.update_cell(3, 1, "tres")
equal(mine.cell(3, 1).value, "tres")

# Appending.
mine.append_row(["cuatro", "", "seis"], table_range="A1")
mine.append_rows([["siete"], ["ocho"]], table_range="A1:C4")
equal(mine.col_values(1), ["21-01-2026", "21-01-2026", "tres", "cuatro", "siete", "ocho"])
mine.insert_row(["antes"], index=1)
equal(mine.row_values(1), ["antes"])
mine.delete_rows(1)
equal(book.worksheet("cuaderno 'uno'").row_count, 20)  # gspread's own count is a guess after appending

# Batches of values and of requests.
mine.batch_update([{"range": "D1:E1", "values": [["d", "e"]]}, {"range": "D2", "values": [["dd"]]}])
equal(mine.batch_get(["D1:E1", "D2:E2", "F1:F9"]), [[["d", "e"]], [["dd"]], []])
mine.format("A2", {"numberFormat": {"type": "NUMBER", "pattern": "0.0"}})
equal(mine.acell("A2").value, "46043,0")
mine.update_note("A1", "una nota")
equal(mine.get_note("A1"), "una nota")
mine.sort((4, "des"), range="A1:E2")
equal(mine.col_values(4), ["dd", "d"])
mine.resize(rows=30)
equal(book.worksheet("cuaderno 'uno'").row_count, 30)
mine.batch_clear(["A1:F20"])
equal(mine.get_all_values(), [[]])
mine.update_title("otro")
book.worksheet("otro").hide()
equal(len(book.worksheets(exclude_hidden=True)), 4)
book.del_worksheet(mine)

# Refusals arrive as gspread's own errors.
try:
    spools.update([["x"]], "ZZ1")
    raise SystemExit("a cell outside the grid was written")
except gspread.exceptions.APIError as error:
    equal((error.code, "exceeds grid limits" in str(error)), (400, True))
try:
    client.open_by_key("nada")
    raise SystemExit("an unknown workbook was opened")
except gspread.exceptions.SpreadsheetNotFound:
    pass
try:
    book.batch_update({"requests": [{"deleteSheet": {"sheetId": 77}}]})
    raise SystemExit("an unknown sheet was deleted")
except gspread.exceptions.APIError as error:
    equal(error.error["message"], "Invalid requests[0].deleteSheet: No sheet with id: 77")
print("gspread", gspread.__version__, "agrees")
