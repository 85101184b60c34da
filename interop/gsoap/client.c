/* A gSOAP client of the broker and attachment services: one operation a run.
 *
 *   client BASE initiate NAME              prints the reference
 *   client BASE upload REFERENCE FILE      prints the receipt's text
 *   client BASE list                       prints reference, size and name of each file
 *   client BASE download REFERENCE FILE
 *   client BASE confirm REFERENCE
 *   client BASE instantiate NAME           prints the number of the form task, which is still to be filled in
 *   client BASE attach NUMBER FILE         prints the number of the attachment
 *   client BASE fetch NUMBER FILE
 *   client BASE test                       asks both broker endpoints whether they are there
 *
 * FRAMING=length sends a Content-Length instead of chunks. An AltinnFault is printed and ends in status 3. */
#include "accounts.h"
#include "stream.h"
#include "BasicHttpBinding_USCOREIBrokerServiceExternalBasic.nsmap"
#include <sys/resource.h>

static char service_code[] = "4192";
static int edition_code = 270815;

static char metadata[1024], streamed[1024], tasks[1024], attachments[1024], archive[1024];

static int initiate(struct soap *soap, char *name)
{
	struct data__File file = {NULL, name};
	struct data__ArrayOfFile files = {1, &file};
	struct data__Manifest manifest = {service_code, edition_code, &files, NULL, SENDER, name};
	struct data__Recipient recipient = {RECIPIENT};
	struct data__ArrayOfRecipient recipients = {1, &recipient};
	struct data__BrokerServiceInitiation initiation = {&manifest, &recipients};
	struct _broker__InitiateBrokerServiceBasic request = {SENDER_USER, SENDER_PASSWORD, &initiation};
	struct _broker__InitiateBrokerServiceBasicResponse response;

	if (soap_call___broker__InitiateBrokerServiceBasic(soap, metadata, NULL, &request, &response))
		return soap->error;
	puts(response.InitiateBrokerServiceBasicResult);
	return SOAP_OK;
}

static struct SOAP_ENV__Header *new_header(struct soap *soap)
{
	soap->header = (struct SOAP_ENV__Header *)soap_malloc(soap, sizeof(struct SOAP_ENV__Header));
	soap_default_SOAP_ENV__Header(soap, soap->header);
	return soap->header;
}

static int upload(struct soap *soap, char *reference, const char *name)
{
	struct _broker__StreamedPayloadBasicBE request;
	struct _broker__ReceiptExternalStreamedBE response;
	struct SOAP_ENV__Header *header = new_header(soap);
	FILE *file = fopen(name, "rb");

	if (!file)
		return soap->error = SOAP_EOF;
	header->broker__FileName = (char *)"fra-gsoap.zip";
	header->broker__Reference = reference;
	header->broker__Reportee = SENDER;
	header->broker__SystemUserName = SENDER_USER;
	header->broker__SystemPassword = SENDER_PASSWORD;
	send_from(soap, file, &request.DataStream);
	if (soap_call___broker__UploadFileStreamedBasic(soap, streamed, NULL, &request, &response))
		return soap->error;
	puts(response.ReceiptText);
	return SOAP_OK;
}

static int list(struct soap *soap)
{
	struct data__BrokerServiceSearch search;
	struct _broker__GetAvailableFilesBasic request = {RECIPIENT_USER, RECIPIENT_PASSWORD, &search};
	struct _broker__GetAvailableFilesBasicResponse response;
	struct data__BrokerServiceAvailableFileList *files;
	int i;

	soap_default_data__BrokerServiceSearch(soap, &search);
	search.ExternalServiceCode = service_code;
	search.ExternalServiceEditionCode = &edition_code;
	search.FileStatus = entity__BrokerServiceAvailableFileStatus__Uploaded;
	search.Reportee = RECIPIENT;
	if (soap_call___broker__GetAvailableFilesBasic(soap, metadata, NULL, &request, &response))
		return soap->error;
	files = response.GetAvailableFilesBasicResult;
	for (i = 0; i < files->__sizeBrokerServiceAvailableFile; i++) {
		struct data__BrokerServiceAvailableFile *file = &files->BrokerServiceAvailableFile[i];
		printf("%s %lld %s\n", file->FileReference, (long long)*file->FileSize, file->FileName);
	}
	return SOAP_OK;
}

static int download(struct soap *soap, char *reference, const char *name)
{
	struct _broker__DownloadFileStreamedBasic request = {RECIPIENT_USER, RECIPIENT_PASSWORD, reference, RECIPIENT};
	struct _broker__DownloadFileStreamedBasicResponse response;

	if (soap_call___broker__DownloadFileStreamedBasic(soap, streamed, NULL, &request, &response))
		return soap->error;
	return receive_into(soap, name);
}

static int confirm(struct soap *soap, char *reference)
{
	struct _broker__ConfirmDownloadedBasic request = {RECIPIENT_USER, RECIPIENT_PASSWORD, reference, RECIPIENT};
	struct _broker__ConfirmDownloadedBasicResponse response;

	return soap_call___broker__ConfirmDownloadedBasic(soap, metadata, NULL, &request, &response);
}

/* print_number prints the number that a receipt has for the form task itself. */
static void print_number(const struct tasks__ReceiptExternalBE *receipt)
{
	const struct tasks__ArrayOfReferenceBE *all = receipt->References;
	int i;

	for (i = 0; all && i < all->__sizeReferenceBE; i++) {
		struct tasks__ReferenceBE *reference = &all->ReferenceBE[i];
		if (*reference->ReferenceTypeName == tasks__ReferenceType__WorkFlowReference)
			puts(reference->ReferenceValue);
	}
}

static int instantiate(struct soap *soap, char *name)
{
	static int version = 1, edition = 1;
	static enum xsd__boolean completed = xsd__boolean__false_;
	struct tasks__Form form = {&completed, (char *)"1234", &version, name, NULL, (char *)"<skjema/>"};
	struct tasks__ArrayOfForm forms = {1, &form};
	struct tasks__FormTask task = {(char *)"9001", &edition, &forms};
	struct tasks__FormTaskShipmentBE shipment;
	struct _tasks__SubmitFormTaskBasic request;
	struct _tasks__SubmitFormTaskBasicResponse response;

	soap_default_tasks__FormTaskShipmentBE(soap, &shipment);
	shipment.Reportee = SENDER;
	shipment.ExternalShipmentReference = name;
	shipment.FormTasks = &task;
	soap_default__tasks__SubmitFormTaskBasic(soap, &request);
	request.systemUserName = SENDER_USER;
	request.systemPassword = SENDER_PASSWORD;
	request.formTaskShipment = &shipment;
	if (soap_call___tasks__SubmitFormTaskBasic(soap, tasks, NULL, &request, &response))
		return soap->error;
	print_number(response.SubmitFormTaskBasicResult);
	return SOAP_OK;
}

static int attach(struct soap *soap, int task, const char *name)
{
	struct _inbound__StreamedAttachmentBasicBE request;
	struct _inbound__ReceiptExternalStreamedBE response;
	struct SOAP_ENV__Header *header = new_header(soap);
	FILE *file = fopen(name, "rb");

	if (!file)
		return soap->error = SOAP_EOF;
	header->inbound__AttachmentTypeName = (char *)"vedlegg";
	header->inbound__FileName = (char *)"vedlegg.bin";
	header->inbound__Name = (char *)"Vedlegg";
	header->inbound__ReporteeElementId = &task;
	header->inbound__systemUserName = SENDER_USER;
	header->inbound__systemPassword = SENDER_PASSWORD;
	send_from(soap, file, &request.dataStream);
	if (soap_call___inbound__SubmitAttachmentStreamedBasic(soap, attachments, NULL, &request, &response))
		return soap->error;
	printf("%d\n", *response.ReceiptId);
	return SOAP_OK;
}

static int fetch(struct soap *soap, int number, const char *name)
{
	struct _archive__GetAttachmentDataStreamedBasic request = {SENDER_USER, SENDER_PASSWORD, number};
	struct _archive__GetAttachmentDataStreamedBasicResponse response;

	if (soap_call___archive__GetAttachmentDataStreamedBasic(soap, archive, NULL, &request, &response))
		return soap->error;
	return receive_into(soap, name);
}

static int test(struct soap *soap)
{
	struct _base__Test request;
	struct _base__TestResponse response;

	if (soap_call___broker__Test(soap, metadata, NULL, &request, &response))
		return soap->error;
	return soap_call___broker__Test(soap, streamed, NULL, &request, &response);
}

static int run(struct soap *soap, int argc, char **argv)
{
	const char *operation = argc > 2 ? argv[2] : "";

	if (argc == 4 && !strcmp(operation, "initiate"))
		return initiate(soap, argv[3]);
	if (argc == 5 && !strcmp(operation, "upload"))
		return upload(soap, argv[3], argv[4]);
	if (argc == 3 && !strcmp(operation, "list"))
		return list(soap);
	if (argc == 5 && !strcmp(operation, "download"))
		return download(soap, argv[3], argv[4]);
	if (argc == 4 && !strcmp(operation, "confirm"))
		return confirm(soap, argv[3]);
	if (argc == 4 && !strcmp(operation, "instantiate"))
		return instantiate(soap, argv[3]);
	if (argc == 5 && !strcmp(operation, "attach"))
		return attach(soap, atoi(argv[3]), argv[4]);
	if (argc == 5 && !strcmp(operation, "fetch"))
		return fetch(soap, atoi(argv[3]), argv[4]);
	if (argc == 3 && !strcmp(operation, "test"))
		return test(soap);
	fprintf(stderr, "client: wrong arguments; see client.c\n");
	exit(2);
}

/* failed prints a fault: the service's own as "AltinnFault CODE: TEXT", read through the types of the contract. */
static int failed(struct soap *soap)
{
	struct fault__AltinnFault *altinn = NULL;

	if (soap->fault && soap->fault->detail)
		altinn = soap->fault->detail->fault__AltinnFault;
	if (!altinn || !altinn->ErrorID) {
		soap_print_fault(soap, stderr);
		return 1;
	}
	printf("AltinnFault %d: %s\n", *altinn->ErrorID, altinn->AltinnErrorMessage);
	return 3;
}

/* small reports whether the program stayed small, however large the file was. */
static int small(void)
{
	const long limit = 32 << 10;
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	if (usage.ru_maxrss > limit)
		fprintf(stderr, "client: took %ld KiB of memory, over %ld\n", usage.ru_maxrss, limit);
	return usage.ru_maxrss <= limit;
}

int main(int argc, char **argv)
{
	const char *framing = getenv("FRAMING");
	soap_mode mode = framing && !strcmp(framing, "length") ? SOAP_IO_DEFAULT : SOAP_IO_CHUNK;
	struct soap *soap = soap_new2(SOAP_ENC_MTOM | SOAP_C_UTFSTRING, SOAP_ENC_MTOM | SOAP_C_UTFSTRING | mode);
	int status;

	stream_attachments(soap);
	soap->connect_timeout = soap->send_timeout = soap->recv_timeout = 30;
	if (argc > 1) {
		snprintf(metadata, sizeof metadata, "%s/ServiceEngineExternal/BrokerServiceExternalBasic.svc", argv[1]);
		snprintf(streamed, sizeof streamed, "%s/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc", argv[1]);
		snprintf(tasks, sizeof tasks, "%s/IntermediaryExternal/IntermediaryInboundBasic.svc", argv[1]);
		snprintf(attachments, sizeof attachments, "%s/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc", argv[1]);
		snprintf(archive, sizeof archive, "%s/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc", argv[1]);
	}
	status = run(soap, argc, argv) ? failed(soap) : 0;
	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
	return small() ? status : 1;
}
