/* A gSOAP server of the broker service: it keeps files in the working directory and forgets all else when it ends.
 *
 *   server PORT
 *
 * FRAMING=length answers with a Content-Length instead of chunks. Every account may do everything. */
#include "accounts.h"
#include "stream.h"
#include "BasicHttpBinding_USCOREIBrokerServiceExternalBasic.nsmap"
#include <signal.h>

#define MANY 100

/* shipment is what was announced, and how far it has come. Its number is in its reference. */
struct shipment {
	char reference[37], file[64], name[256], senders_reference[64], sender[16], recipient[16];
	int uploaded, confirmed;
	long long size;
};

static struct shipment shipments[MANY];
static int known;

static int is(const char *text, const char *expected)
{
	return text && !strcmp(text, expected);
}

static struct shipment *find(const char *reference)
{
	int i;
	for (i = 0; i < known; i++)
		if (is(reference, shipments[i].reference))
			return &shipments[i];
	return NULL;
}

/* refuse answers with an AltinnFault. */
static int refuse(struct soap *soap, int code, const char *text)
{
	struct fault__AltinnFault *fault = (struct fault__AltinnFault *)soap_malloc(soap, sizeof *fault);
	int *id = (int *)soap_malloc(soap, sizeof *id);
	struct SOAP_ENV__Detail *detail = (struct SOAP_ENV__Detail *)soap_malloc(soap, sizeof *detail);

	*id = code;
	soap_default_fault__AltinnFault(soap, fault);
	fault->AltinnErrorMessage = soap_strdup(soap, text);
	fault->ErrorGuid = (char *)"d7a6f6a2-4b6c-4a1e-9d0e-4f7b8a5c1e3d";
	fault->ErrorID = id;
	soap_default_SOAP_ENV__Detail(soap, detail);
	detail->fault__AltinnFault = fault;
	soap_sender_fault(soap, "An error occurred", NULL);
	soap->fault->detail = detail;
	return SOAP_FAULT;
}

static int logged_in(const char *user, const char *password)
{
	return (is(user, SENDER_USER) && is(password, SENDER_PASSWORD)) || (is(user, RECIPIENT_USER) && is(password, RECIPIENT_PASSWORD));
}

static int wrong_login(struct soap *soap)
{
	return refuse(soap, 5, "Wrong user name or password");
}

static int wrong_reference(struct soap *soap)
{
	return refuse(soap, 40212, "The reference is not a broker service");
}

int __broker__InitiateBrokerServiceBasic(struct soap *soap, struct _broker__InitiateBrokerServiceBasic *request,
	struct _broker__InitiateBrokerServiceBasicResponse *response)
{
	struct data__BrokerServiceInitiation *initiation = request->brokerServiceInitiation;
	struct shipment *new = &shipments[known];

	if (!logged_in(request->systemUserName, request->systemPassword))
		return wrong_login(soap);
	if (!initiation->Manifest || !initiation->RecipientList || initiation->RecipientList->__sizeRecipient < 1 || known == MANY)
		return refuse(soap, 40202, "No such recipient");
	known++;
	memset(new, 0, sizeof *new);
	snprintf(new->reference, sizeof new->reference, "6f1d1c0a-93f5-4c55-8b39-%012d", known);
	snprintf(new->file, sizeof new->file, "shipment-%d", known);
	snprintf(new->senders_reference, sizeof new->senders_reference, "%s", initiation->Manifest->SendersReference);
	snprintf(new->sender, sizeof new->sender, "%s", initiation->Manifest->Reportee);
	snprintf(new->recipient, sizeof new->recipient, "%s", initiation->RecipientList->Recipient[0].PartyNumber);
	response->InitiateBrokerServiceBasicResult = new->reference;
	return SOAP_OK;
}

/* The attachment is still on its way when this begins; a fault leaves it there. */
int __broker__UploadFileStreamedBasic(struct soap *soap, struct _broker__StreamedPayloadBasicBE *request,
	struct _broker__ReceiptExternalStreamedBE *response)
{
	static int id, parent;
	struct SOAP_ENV__Header *header = soap->header;
	struct shipment *to;
	FILE *file;
	(void)request;

	if (!header || !logged_in(header->broker__SystemUserName, header->broker__SystemPassword))
		return wrong_login(soap);
	if (!(to = find(header->broker__Reference)))
		return wrong_reference(soap);
	if (to->uploaded)
		return refuse(soap, 40208, "A file was already uploaded on this reference");
	soap->keep_alive = 1; /* or the last part would close the connection, before the answer */
	if (receive_into(soap, to->file) || !(file = fopen(to->file, "rb")))
		return soap->error;
	soap->keep_alive = 0;
	to->size = size_of(file);
	to->uploaded = 1;
	fclose(file);
	snprintf(to->name, sizeof to->name, "%s", header->broker__FileName);
	soap_default__broker__ReceiptExternalStreamedBE(soap, response);
	id = 1000 + known;
	response->LastChanged = (char *)"26.11.2026 10:00:00";
	response->ParentReceiptId = &parent;
	response->ReceiptId = &id;
	response->ReceiptStatusCode = (char *)"OK";
	response->ReceiptText = (char *)"Taken by gSOAP.";
	response->ReceiptTypeName = (char *)"BrokerService";
	return SOAP_OK;
}

static void describe(struct soap *soap, struct shipment *s, struct data__BrokerServiceAvailableFile *file)
{
	static enum entity__BrokerServiceAvailableFileStatus status = entity__BrokerServiceAvailableFileStatus__Uploaded;
	static time_t now;

	now = time(NULL);
	soap_default_data__BrokerServiceAvailableFile(soap, file);
	file->FileName = s->name;
	file->FileReference = s->reference;
	file->FileSize = (LONG64 *)soap_malloc(soap, sizeof(LONG64));
	*file->FileSize = s->size;
	file->FileStatus = &status;
	file->Reportee = s->sender;
	file->SendersReference = s->senders_reference;
	file->SentDate = &now;
}

int __broker__GetAvailableFilesBasic(struct soap *soap, struct _broker__GetAvailableFilesBasic *request,
	struct _broker__GetAvailableFilesBasicResponse *response)
{
	struct data__BrokerServiceAvailableFileList *list =
		(struct data__BrokerServiceAvailableFileList *)soap_malloc(soap, sizeof *list);
	int i;

	if (!logged_in(request->systemUserName, request->systemPassword))
		return wrong_login(soap);
	list->__sizeBrokerServiceAvailableFile = 0;
	list->BrokerServiceAvailableFile =
		(struct data__BrokerServiceAvailableFile *)soap_malloc(soap, MANY * sizeof *list->BrokerServiceAvailableFile);
	for (i = 0; i < known; i++)
		if (shipments[i].uploaded && !shipments[i].confirmed && !strcmp(shipments[i].recipient, request->searchParameters->Reportee))
			describe(soap, &shipments[i], &list->BrokerServiceAvailableFile[list->__sizeBrokerServiceAvailableFile++]);
	response->GetAvailableFilesBasicResult = list;
	return SOAP_OK;
}

int __broker__DownloadFileStreamedBasic(struct soap *soap, struct _broker__DownloadFileStreamedBasic *request,
	struct _broker__DownloadFileStreamedBasicResponse *response)
{
	struct shipment *from;
	FILE *file;

	if (!logged_in(request->systemUserName, request->systemPassword))
		return wrong_login(soap);
	if (!(from = find(request->fileReference)))
		return wrong_reference(soap);
	if (!from->uploaded || !(file = fopen(from->file, "rb")))
		return refuse(soap, 40207, "No file is ready on this reference");
	send_from(soap, file, &response->DownloadFileStreamedBasicResult);
	return SOAP_OK;
}

int __broker__ConfirmDownloadedBasic(struct soap *soap, struct _broker__ConfirmDownloadedBasic *request,
	struct _broker__ConfirmDownloadedBasicResponse *response)
{
	struct shipment *of;
	(void)response;

	if (!logged_in(request->systemUserName, request->systemPassword))
		return wrong_login(soap);
	if (!(of = find(request->fileReference)))
		return wrong_reference(soap);
	of->confirmed = 1;
	return SOAP_OK;
}

int __broker__CheckIfAvailableFilesBasic(struct soap *soap, struct _broker__CheckIfAvailableFilesBasic *request,
	struct _broker__CheckIfAvailableFilesBasicResponse *response)
{
	static enum xsd__boolean any;
	int i;

	if (!logged_in(request->systemUserName, request->systemPassword))
		return wrong_login(soap);
	any = xsd__boolean__false_;
	for (i = 0; i < known; i++)
		if (shipments[i].uploaded && !shipments[i].confirmed)
			any = xsd__boolean__true_;
	response->CheckIfAvailableFilesBasicResult = &any;
	return SOAP_OK;
}

int __broker__Test(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	(void)soap, (void)request, (void)response;
	return SOAP_OK;
}

int __broker__Test_(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	return __broker__Test(soap, request, response);
}

int __inbound__Test(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	return __broker__Test(soap, request, response);
}

int __archive__Test(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	return __broker__Test(soap, request, response);
}

int __tasks__Test(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	return __broker__Test(soap, request, response);
}

/* An operation of the other contracts, which a server of the broker service does not have. */
#define ABSENT(operation, request_type, response_type) \
	int operation(struct soap *soap, struct request_type *request, struct response_type *response) \
	{ \
		(void)soap, (void)request, (void)response; \
		return SOAP_NO_METHOD; \
	}
#define ABSENT_WRAPPED(name) ABSENT(__##name, _##name, _##name##Response)

ABSENT(__inbound__SubmitAttachmentStreamedBasic, _inbound__StreamedAttachmentBasicBE, _inbound__ReceiptExternalStreamedBE)
ABSENT_WRAPPED(archive__GetAttachmentDataStreamedBasic)
ABSENT_WRAPPED(tasks__SubmitFormTaskBasic)
ABSENT_WRAPPED(tasks__GetAltinnSubmissionStatusBasic)
ABSENT_WRAPPED(tasks__CompleteAndSignShipmentBasic)
ABSENT_WRAPPED(tasks__UpdateFormDataBasic)

int main(int argc, char **argv)
{
	const char *framing = getenv("FRAMING");
	soap_mode mode = framing && !strcmp(framing, "length") ? SOAP_IO_DEFAULT : SOAP_IO_CHUNK;
	struct soap *soap = soap_new2(SOAP_ENC_MTOM | SOAP_C_UTFSTRING, SOAP_ENC_MTOM | SOAP_C_UTFSTRING | mode);

	signal(SIGPIPE, SIG_IGN);
	stream_attachments(soap);
	soap->send_timeout = soap->recv_timeout = 30;
	soap->bind_flags = SO_REUSEADDR;
	if (argc != 2 || !soap_valid_socket(soap_bind(soap, "127.0.0.1", atoi(argv[1]), 10))) {
		soap_print_fault(soap, stderr);
		return 1;
	}
	fprintf(stderr, "listening on http://127.0.0.1:%s\n", argv[1]);
	while (soap_valid_socket(soap_accept(soap))) {
		if (soap_serve(soap))
			soap_print_fault(soap, stderr);
		soap_destroy(soap);
		soap_end(soap);
	}
	return 1;
}
