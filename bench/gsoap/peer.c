/* gSOAP as a row of the bench: client and far side of the streamed broker service. A client's run is one transfer.
 *
 *   peer DO ADDRESS FILE [KEEP]
 *
 * DO is upload (of FILE) or download at the host and port of ADDRESS, or serve, which gives out FILE. What arrives is counted
 * and goes nowhere; with KEEP it is written there, to be compared. As every peer does, it says in lines of JSON where it
 * listens and what became of it, and a far side ends when its standard input does. What went wrong is on standard error. */
#include "stream.h"
#include "BasicHttpBinding_USCOREIBrokerServiceExternalBasicStreamed.nsmap"
#include <poll.h>
#include <signal.h>
#include <time.h>

static char reference[] = "0b7c41ac-5c1e-4d0e-9d53-6a0f2f4f1f77", party[] = "910075918";
static char user[] = "avsender", password[] = "avsender-demo";

static const char *address, *file_name, *keep_name;

static struct {
	FILE *keep;
	long long bytes;
} arrived;

static int take(struct soap *soap, void *handle, const char *buffer, size_t length)
{
	(void)soap, (void)handle;
	arrived.bytes += length;
	return !arrived.keep || fwrite(buffer, 1, length, arrived.keep) == length ? SOAP_OK : SOAP_EOF;
}

static int receive(struct soap *soap)
{
	if (!keep_name)
		return receive_one(soap, &arrived);
	if (!(arrived.keep = fopen(keep_name, "wb")))
		return soap->error = SOAP_EOF;
	receive_one(soap, &arrived);
	if (fclose(arrived.keep) != 0 && !soap->error)
		soap->error = SOAP_EOF;
	return soap->error;
}

static int send_file(struct soap *soap, struct xsd__base64Binary *element)
{
	FILE *file = fopen(file_name, "rb");

	if (!file)
		return soap->error = SOAP_EOF;
	send_from(soap, file, element);
	return SOAP_OK;
}

static int upload(struct soap *soap)
{
	struct SOAP_ENV__Header header = {(char *)"payload.zip", reference, party, password, user};
	struct _broker__StreamedPayloadBasicBE request;
	struct _broker__ReceiptExternalStreamedBE response;

	soap->header = &header;
	if (send_file(soap, &request.DataStream))
		return soap->error;
	return soap_call___broker__UploadFileStreamedBasic(soap, address, NULL, &request, &response);
}

static int download(struct soap *soap)
{
	struct _broker__DownloadFileStreamedBasic request = {user, password, reference, party};
	struct _broker__DownloadFileStreamedBasicResponse response;

	if (soap_call___broker__DownloadFileStreamedBasic(soap, address, NULL, &request, &response))
		return soap->error;
	return receive(soap);
}

int __broker__UploadFileStreamedBasic(struct soap *soap, struct _broker__StreamedPayloadBasicBE *request,
	struct _broker__ReceiptExternalStreamedBE *response)
{
	(void)request;
	soap->keep_alive = 1; /* or the last part would close the connection, before the answer */
	if (receive(soap))
		return soap->error;
	soap->keep_alive = 0;
	soap_default__broker__ReceiptExternalStreamedBE(soap, response);
	response->ReceiptText = (char *)"taken";
	return SOAP_OK;
}

int __broker__DownloadFileStreamedBasic(struct soap *soap, struct _broker__DownloadFileStreamedBasic *request,
	struct _broker__DownloadFileStreamedBasicResponse *response)
{
	(void)request;
	return send_file(soap, &response->DownloadFileStreamedBasicResult);
}

int __broker__Test(struct soap *soap, struct _base__Test *request, struct _base__TestResponse *response)
{
	(void)soap, (void)request, (void)response;
	return SOAP_OK;
}

/* listen_here takes a port that is free, and says which. */
static int listen_here(struct soap *soap)
{
	struct sockaddr_in at;
	socklen_t size = sizeof at;

	if (!soap_valid_socket(soap_bind(soap, "127.0.0.1", 0, 10)))
		return soap->error;
	if (getsockname(soap->master, (struct sockaddr *)&at, &size) != 0)
		return soap->error = SOAP_TCP_ERROR;
	printf("{\"address\": \"127.0.0.1:%d\"}\n", ntohs(at.sin_port));
	fflush(stdout);
	return SOAP_OK;
}

static int serve(struct soap *soap)
{
	struct pollfd ready[2] = {{0, POLLIN, 0}, {0, POLLIN, 0}};
	char order[4096];

	if (listen_here(soap))
		return soap->error;
	ready[1].fd = soap->master;
	while (poll(ready, 2, -1) > 0) {
		if (ready[0].revents && read(0, order, sizeof order) <= 0)
			break;
		if (!ready[1].revents)
			continue;
		if (!soap_valid_socket(soap_accept(soap)) || soap_serve(soap))
			soap_print_fault(soap, stderr);
		soap_destroy(soap);
		soap_end(soap);
	}
	return SOAP_OK;
}

static int run(struct soap *soap, const char *what)
{
	if (!strcmp(what, "upload"))
		return upload(soap);
	if (!strcmp(what, "download"))
		return download(soap);
	if (!strcmp(what, "serve"))
		return serve(soap);
	return soap->error = SOAP_NO_METHOD;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

/* peak is the most memory that was resident, in bytes; 0: the system has no /proc. */
static long long peak(void)
{
	char line[256];
	long long kib = 0;
	FILE *status = fopen("/proc/self/status", "r");

	while (status && !kib && fgets(line, sizeof line, status))
		sscanf(line, "VmHWM: %lld", &kib);
	if (status)
		fclose(status);
	return kib << 10;
}

int main(int argc, char **argv)
{
	const soap_mode mtom = SOAP_ENC_MTOM | SOAP_C_UTFSTRING;
	struct soap *soap = soap_new2(mtom, mtom | SOAP_IO_CHUNK);
	char url[256];
	double begun;

	if (argc < 4)
		return 2;
	snprintf(url, sizeof url, "http://%s/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc", argv[2]);
	address = url;
	file_name = argv[3];
	keep_name = argv[4]; /* NULL when it is not given */
	signal(SIGPIPE, SIG_IGN);
	stream_attachments(soap);
	soap->fmimewrite = take;
	soap->connect_timeout = soap->send_timeout = soap->recv_timeout = 30;
	begun = now();
	if (run(soap, argv[1])) {
		soap_print_fault(soap, stderr);
		return 1;
	}
	printf("{\"seconds\": %.9f, \"bytes\": %lld, \"peak\": %lld}\n", now() - begun, arrived.bytes, peak());
	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
	return 0;
}
